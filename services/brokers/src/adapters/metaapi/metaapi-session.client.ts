/**
 * One account's session at MetaApi. Called by placement, reconciliation and account checks.
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
import { ownIdOf } from '#domain/part-ids'
import type { MetaapiAccount } from './metaapi-account.client.ts'
import type { Answer } from './metaapi-api.client.ts'
import { MetaapiNews } from './metaapi-news.client.ts'
import type { TradeReply } from './metaapi-records.wire.ts'
import { MetaapiVenue } from './metaapi-venue.client.ts'

/** How far back an order is looked for. */
const historyMs = 259_200_000
/** Clocks differ. */
const slackMs = 60_000

export interface SessionMeans {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly pollEveryMs: number
}

export class MetaapiSession implements BrokerSession {
  private readonly orders: LevelDesk<TradeReply>
  private poll: AccountPoll | null = null

  constructor(
    private readonly account: MetaapiAccount,
    private readonly means: SessionMeans,
  ) {
    this.orders = new LevelDesk(new MetaapiVenue(account))
  }

  submit(order: ApprovedOrder): Answer<VenueOrder> {
    return this.orders.submit(order)
  }

  cancel(reference: OrderReference): Answer<VenueOrder> {
    return this.orders.cancel(reference)
  }

  async findByClientId({ clientOrderId, venueOrderId, symbol }: OrderReference): Answer<VenueOrder | null> {
    const read = await this.account.readOpen()
    if (!read.ok) return read
    const currency = await this.account.feeCurrency()
    if (!currency.ok) return currency
    const { exits } = this.account
    const remembered = protectionOf(venueOrderId ?? '', clientOrderId, symbol)
    if (exits.find(clientOrderId) === undefined && remembered !== null) exits.add(remembered)
    const history = await this.readHistoryOf(clientOrderId)
    return history.ok ? ok(this.account.orderOf(clientOrderId, symbol)) : history
  }

  /** Of positions that are known their own deals are enough; anything else is looked for in all of them. */
  private async readHistoryOf(clientOrderId: string): Answer<undefined> {
    const { exits, book } = this.account
    const opened = [...book.positions.values()].filter((one) => ownIdOf(one.clientId)?.clientOrderId === clientOrderId)
    const ids = exits.find(clientOrderId)?.positions ?? opened.map(({ id }) => id)
    if (ids.length === 0) return this.account.readHistory(new Date(this.account.now().getTime() - historyMs), 'all')
    for (const id of ids) {
      const deals = await this.account.readDealsOf(id)
      if (!deals.ok) return deals
    }
    return ok(undefined)
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const read = await this.account.readOpen()
    if (!read.ok) return read
    const { book, exits } = this.account
    const pending = [...book.pending.values()].map(({ id, clientId, symbol }) => {
      const name = this.account.symbolOf(symbol)
      const own = ownIdOf(clientId)
      const order = own === null ? null : this.account.orderOf(own.clientOrderId, name)
      return order ?? foreign(clientId === '' ? `metaapi-${id}` : clientId, id, name)
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
    const terminal = await this.account.terminal()
    if (!terminal.ok) return terminal
    const name = terminal.value.symbols.nameOf(symbol)
    if (!name.ok) return ok([])
    const currency = await this.account.feeCurrency()
    if (!currency.ok) return currency
    // Levels as they stand tell which of ours was reached.
    const read = await this.account.readHistory(new Date(Math.max(0, since.getTime() - slackMs)), 'deals')
    if (!read.ok) return read
    return ok(this.account.book.fills({ name: name.value, symbol, currency: currency.value, since }))
  }

  async server(): Answer<string> {
    const terminal = await this.account.terminal()
    return terminal.ok ? ok(terminal.value.server) : terminal
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const terminal = await this.account.terminal()
    return terminal.ok ? ok(terminal.value.symbols.instruments()) : terminal
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
    this.poll?.close()
    const changes = new MetaapiNews(this.account)
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
function foreign(clientOrderId: string, venueOrderId: string, symbol: string): VenueOrder {
  return {
    clientOrderId,
    venueOrderId,
    symbol,
    status: 'working',
    filledQuantity: '0',
    averagePrice: null,
    fee: null,
    feeCurrency: null,
    message: null,
  }
}
