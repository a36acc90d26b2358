/**
 * One account's session at a venue of positions with levels. Called by placement, reconciliation and account checks.
 * Must never answer from memory where the venue was to be asked.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import { keyUntold } from '@tradewire/broker-kit/broker-session'
import type {
  BrokerSession,
  KeyFacts,
  OrderReference,
  SessionHealth,
  SessionListener,
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
  VenueRate,
} from '@tradewire/broker-kit/broker-session'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { LevelDesk, type LevelVenue } from '#clients/level-desk.client'

type Answer<Value> = Promise<Result<Value, BrokerError>>

/** What tells the news of an account, from when it is made until it is closed. */
export interface Feed {
  health(): SessionHealth
  close(): void
}

/** What differs between the venues besides how they trade. */
export interface LevelReads {
  /** What our id of an order says of it, where the venue may have lost it. */
  learn?(reference: OrderReference): void
  /** `VenueOrder` as everything tells that could show it; exits are known by their ids already. */
  findOrder(reference: OrderReference): Answer<VenueOrder | null>
  /** As they stand after `readOpen`: ours as they are, others as much as is needed to see them. */
  pendingOrders(): readonly VenueOrder[]
  positions(): readonly VenuePosition[]
  balance(): Answer<VenueBalance>
  fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]>
  /** Where an account may be set so that it cannot be traded. */
  settingsProblem?(): Answer<string | null>
  /** Where symbols are listed by the broker's server. */
  server?(): Answer<string>
  instruments(): Answer<readonly VenueInstrument[]>
  prices?(symbols: readonly string[]): Answer<readonly VenueRate[]>
  /** Where one account's prices are those of all others. */
  rates?(): Answer<readonly VenueRate[]>
  listen(listener: SessionListener): Feed
  /** Ends what was opened to read. */
  close?(): void
}

export class LevelSession<Done> implements BrokerSession {
  readonly prices?: NonNullable<BrokerSession['prices']>
  readonly server?: NonNullable<BrokerSession['server']>
  readonly settingsProblem?: NonNullable<BrokerSession['settingsProblem']>
  private readonly desk: LevelDesk<Done>
  private feed: Feed | null = null

  constructor(
    private readonly venue: LevelVenue<Done>,
    private readonly reads: LevelReads,
  ) {
    this.desk = new LevelDesk(venue)
    if (reads.prices !== undefined) this.prices = reads.prices.bind(reads)
    if (reads.settingsProblem !== undefined) this.settingsProblem = reads.settingsProblem.bind(reads)
    if (reads.server !== undefined) this.server = reads.server.bind(reads)
  }

  submit(order: ApprovedOrder): Answer<VenueOrder> {
    return this.desk.submit(order)
  }

  cancel(reference: OrderReference): Answer<VenueOrder> {
    this.reads.learn?.(reference)
    return this.desk.cancel(reference)
  }

  findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    return this.reads.findOrder(reference)
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const read = await this.venue.readOpen()
    if (!read.ok) return read
    const exits = this.venue.exits.all()
    const levels = exits.flatMap(({ clientOrderId, symbol }) => this.venue.orderOf(clientOrderId, symbol) ?? [])
    const all = [...this.reads.pendingOrders(), ...levels.filter(({ status }) => status === 'working')]
    return ok([...new Map(all.map((order) => [order.clientOrderId, order])).values()])
  }

  async positions(): Answer<readonly VenuePosition[]> {
    const read = await this.venue.readOpen()
    return read.ok ? ok(this.reads.positions()) : read
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const balance = await this.reads.balance()
    return balance.ok ? ok([balance.value]) : balance
  }

  fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    return this.reads.fillsSince(symbol, since)
  }

  instruments(): Answer<readonly VenueInstrument[]> {
    return this.reads.instruments()
  }

  /** Brokers of one venue mostly have accounts in many currencies, and each its own prices: none is told for all. */
  async rates(): Answer<readonly VenueRate[]> {
    return this.reads.rates?.() ?? ok([])
  }

  async setLeverage(): Answer<undefined> {
    await Promise.resolve()
    return err(brokerError.unsupported('leverage', 'the broker sets the leverage'))
  }

  async keyFacts(): Answer<KeyFacts> {
    await Promise.resolve()
    return ok(keyUntold)
  }

  events(listener: SessionListener): () => void {
    this.stop()
    this.feed = this.reads.listen(listener)
    return () => this.stop()
  }

  health(): SessionHealth {
    return this.feed?.health() ?? { streaming: false, lastMessageAtMs: null }
  }

  async close(): Promise<void> {
    this.stop()
    this.reads.close?.()
    await Promise.resolve()
  }

  private stop(): void {
    this.feed?.close()
    this.feed = null
  }
}
