/**
 * One account's session at a venue of positions with levels that tells nothing by itself. Called by placement,
 * reconciliation and account checks. Must never answer from memory where the venue was to be asked.
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
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { AccountPoll } from '#clients/account-poll.client'
import { LevelDesk, type LevelVenue } from '#clients/level-desk.client'

type Answer<Value> = Promise<Result<Value, BrokerError>>

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
  server(): Answer<string>
  instruments(): Answer<readonly VenueInstrument[]>
  prices?(symbols: readonly string[]): Answer<readonly VenueRate[]>
  /** Orders that something may have happened to since the last question. */
  news(): () => Answer<readonly VenueOrder[]>
}

export interface SessionMeans {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly pollEveryMs: number
}

export class LevelSession<Done> implements BrokerSession {
  readonly prices?: NonNullable<BrokerSession['prices']>
  private readonly desk: LevelDesk<Done>
  private poll: AccountPoll | null = null

  constructor(
    private readonly venue: LevelVenue<Done>,
    private readonly reads: LevelReads,
    private readonly means: SessionMeans,
  ) {
    this.desk = new LevelDesk(venue)
    if (reads.prices !== undefined) this.prices = reads.prices.bind(reads)
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

  server(): Answer<string> {
    return this.reads.server()
  }

  instruments(): Answer<readonly VenueInstrument[]> {
    return this.reads.instruments()
  }

  /** Brokers of one venue have accounts in many currencies, and each its own prices: none is told for all of them. */
  async rates(): Answer<readonly VenueRate[]> {
    await Promise.resolve()
    return ok([])
  }

  async setLeverage(): Answer<undefined> {
    await Promise.resolve()
    return err(brokerError.unsupported('leverage', 'the broker sets the leverage of the account'))
  }

  async keyFacts(): Answer<KeyFacts> {
    await Promise.resolve()
    return ok(keyUntold)
  }

  events(listener: SessionListener): () => void {
    const { clock, randomness, pollEveryMs: everyMs } = this.means
    this.stop()
    this.poll = new AccountPoll({ news: this.reads.news(), listener, clock, randomness, everyMs })
    return () => this.stop()
  }

  health(): SessionHealth {
    return this.poll?.health() ?? { streaming: false, lastMessageAtMs: null }
  }

  async close(): Promise<void> {
    this.stop()
    await Promise.resolve()
  }

  private stop(): void {
    this.poll?.close()
    this.poll = null
  }
}
