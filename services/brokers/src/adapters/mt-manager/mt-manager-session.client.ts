/**
 * One MT4 account's session under its broker's manager. Called by placement, reconciliation and account checks.
 * Must never answer that an order is unknown before everything was read that could show it.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
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
import { err, ok } from '@tradewire/kernel/result'
import { AccountPoll } from '#clients/account-poll.client'
import { LevelDesk } from '#clients/level-desk.client'
import { protectionOf } from '#domain/level-exits'
import type { MtManagerAccount } from './mt-manager-account.client.ts'
import type { Answer } from './mt-manager-api.client.ts'
import { MtManagerNews } from './mt-manager-news.client.ts'
import { MtManagerVenue } from './mt-manager-venue.client.ts'

/** How far back an order is looked for. */
const historyMs = 259_200_000
/** Clocks differ. */
const slackMs = 60_000

export interface SessionMeans {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly pollEveryMs: number
}

export class MtManagerSession implements BrokerSession {
  private readonly orders: LevelDesk<string>
  private poll: AccountPoll | null = null

  constructor(
    private readonly account: MtManagerAccount,
    private readonly means: SessionMeans,
  ) {
    this.orders = new LevelDesk(new MtManagerVenue(account, means.randomness))
  }

  submit(order: ApprovedOrder): Answer<VenueOrder> {
    return this.orders.submit(order)
  }

  cancel(reference: OrderReference): Answer<VenueOrder> {
    this.remember(reference)
    return this.orders.cancel(reference)
  }

  async findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    const { clientOrderId, symbol } = reference
    const found = await this.account.open()
    if (!found.ok) return found
    this.remember(reference)
    const read = await this.readAbout(clientOrderId, symbol)
    return read.ok ? ok(this.account.orderOf(clientOrderId, symbol)) : read
  }

  /** What the venue id says is kept: comments may have been replaced, and a restart forgets. */
  private remember({ clientOrderId, venueOrderId, symbol }: OrderReference): void {
    const { book, exits } = this.account
    if (venueOrderId === null) return
    const exit = protectionOf(venueOrderId, clientOrderId, symbol)
    if (exit !== null && exits.find(clientOrderId) === undefined) exits.add(exit)
    book.learn(clientOrderId, venueOrderId, symbol)
  }

  /** Tickets that are known are enough; anything else is looked for in the whole group and in the past, live. */
  private async readAbout(clientOrderId: string, symbol: string): Answer<undefined> {
    const { account } = this
    const read = await account.readOpen()
    if (!read.ok) return read
    const { book, exits } = account
    const tickets = exits.find(clientOrderId)?.positions ?? [...(book.closing(clientOrderId)?.tickets ?? [])]
    const known = tickets.length > 0 ? tickets : book.ticketsOf(clientOrderId)
    if (known.length > 0) {
      const asked = await account.readTickets(known)
      if (!asked.ok || account.orderOf(clientOrderId, symbol) !== null) return asked
    }
    const group = await account.readGroup()
    return group.ok ? account.readHistory(new Date(account.now().getTime() - historyMs)) : group
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const read = await this.account.readOpen()
    if (!read.ok) return read
    const { book, exits } = this.account
    const pending = book.pending().map(({ order, symbol }) => {
      const name = this.account.symbolOf(symbol)
      const own = book.ownIdOf(order)
      const told = own === null ? null : this.account.orderOf(own.clientOrderId, name)
      return told ?? foreign(order, name)
    })
    const levels = exits.all().flatMap(({ clientOrderId, symbol }) => this.account.orderOf(clientOrderId, symbol) ?? [])
    const all = [...pending, ...levels.filter(({ status }) => status === 'working')]
    return ok([...new Map(all.map((order) => [order.clientOrderId, order])).values()])
  }

  async positions(): Answer<readonly VenuePosition[]> {
    const read = await this.account.readOpen()
    return read.ok ? ok(this.account.book.netted((name) => this.account.symbolOf(name))) : read
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const balance = await this.account.balance()
    return balance.ok ? ok([balance.value]) : balance
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const found = await this.account.open()
    if (!found.ok) return found
    const listed = found.value.symbols.get(symbol)
    if (listed === undefined) return ok([])
    const open = await this.account.readOpen()
    if (!open.ok) return open
    const past = await this.account.readHistory(new Date(Math.max(0, since.getTime() - slackMs)))
    if (!past.ok) return past
    return ok(this.account.book.fills({ name: listed.name, symbol, currency: found.value.currency, since }))
  }

  server(): Answer<string> {
    return this.account.server()
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const found = await this.account.open()
    return found.ok ? ok([...found.value.symbols.values()].map(({ instrument }) => instrument)) : found
  }

  /** Brokers of one venue have accounts in many currencies, and each its own prices: none is told for all of them. */
  async rates(): Answer<readonly VenueRate[]> {
    await Promise.resolve()
    return ok([])
  }

  prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    return this.account.prices(symbols)
  }

  async setLeverage(): Answer<undefined> {
    await Promise.resolve()
    return err(brokerError.unsupported('leverage', 'the broker sets the leverage of the account'))
  }

  /** A manager may pay money out of any account; it is never asked to. */
  async keyFacts(): Answer<KeyFacts> {
    await Promise.resolve()
    return ok(keyUntold)
  }

  events(listener: SessionListener): () => void {
    const { clock, randomness, pollEveryMs: everyMs } = this.means
    this.stop()
    const changes = new MtManagerNews(this.account)
    this.poll = new AccountPoll({ news: () => changes.read(), listener, clock, randomness, everyMs })
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

/** A pending order of somebody else, as much as is needed to see it. */
function foreign(ticket: string, symbol: string): VenueOrder {
  return {
    clientOrderId: `mt-manager-${ticket}`,
    venueOrderId: ticket,
    symbol,
    status: 'working',
    filledQuantity: '0',
    averagePrice: null,
    fee: null,
    feeCurrency: null,
    message: null,
  }
}
