/**
 * One account's session at an xAPI venue. Called by placement, reconciliation and account checks.
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
import { foreignOrder } from '#domain/position-sums'
import { XapiAccount } from './xapi-account.client.ts'
import { exitOfVenueId } from './xapi-exits.map.ts'
import type { XapiAddress } from './xapi-link.client.ts'
import { type Answer, XapiMain, type XapiLogin } from './xapi-main.client.ts'
import { XapiOrders } from './xapi-orders.client.ts'
import { statusRecord, tradeRecord, type TradeRecord } from './xapi-records.wire.ts'
import { XapiStream } from './xapi-stream.client.ts'
import { commentOf } from './xapi-trades.map.ts'
import { XapiTransactions } from './xapi-transactions.client.ts'

export interface XapiSessionOptions {
  readonly main: XapiAddress
  readonly stream: XapiAddress
  readonly login: XapiLogin
  readonly clock: Clock
  readonly randomness: Randomness
  readonly requestTimeoutMs: number
  readonly pacingMs: number
  /** How far back a lookup of one order reads. */
  readonly historyMs: number
}

export class XapiSession implements BrokerSession {
  private readonly main: XapiMain
  private readonly account: XapiAccount
  private readonly transactions: XapiTransactions
  private readonly orders: XapiOrders
  private stream: XapiStream | null = null

  constructor(private readonly options: XapiSessionOptions) {
    const { clock, requestTimeoutMs, pacingMs, login, main: address } = options
    const onDown = (message: string) => this.stream?.renew(message)
    this.main = new XapiMain({ address, login, clock, requestTimeoutMs, pacingMs, onDown })
    this.account = new XapiAccount(this.main, clock)
    this.transactions = new XapiTransactions(this.main, clock, requestTimeoutMs)
    this.orders = new XapiOrders(this.account, this.transactions)
  }

  submit(order: ApprovedOrder): Answer<VenueOrder> {
    return this.orders.submit(order)
  }

  cancel(reference: OrderReference): Answer<VenueOrder> {
    return this.orders.cancel(reference)
  }

  async findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    const { clientOrderId, venueOrderId, symbol } = reference
    const read = await this.account.readTrades(this.historyStart())
    if (!read.ok) return read
    const remembered = exitOfVenueId(venueOrderId ?? '', clientOrderId, symbol)
    if (this.account.exits.find(clientOrderId) === undefined && remembered !== null) this.account.exits.add(remembered)
    return ok(this.account.exitOrder(clientOrderId) ?? this.account.entryOrder(clientOrderId, symbol))
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const read = await this.account.readTrades(null)
    if (!read.ok) return read
    const pending = [...this.account.trades.pending.values()].flatMap(({ customComment, symbol, position }) => {
      const name = this.account.symbolOf(symbol ?? '')
      if (name === null) return []
      const id = commentOf(customComment)?.clientOrderId
      const ours = id === undefined ? null : this.account.entryOrder(id, name)
      return [ours ?? foreignOrder(customComment === '' ? `xapi-${position}` : customComment, `${position}`, name)]
    })
    const exits = this.account.exits
      .all()
      .flatMap(({ clientOrderId }) => this.account.exitOrder(clientOrderId) ?? [])
      .filter(({ status }) => status === 'working')
    const all = [...pending, ...exits]
    return ok([...new Map(all.map((order) => [order.clientOrderId || order.venueOrderId, order])).values()])
  }

  async positions(): Answer<readonly VenuePosition[]> {
    const read = await this.account.readTrades(null)
    return read.ok ? ok(this.account.trades.netted((name) => this.account.symbolOf(name))) : read
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const balance = await this.account.balance()
    return balance.ok ? ok([balance.value]) : balance
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const name = await this.account.nameOf(symbol)
    if (!name.ok) return name.error.kind === 'rejected' ? ok([]) : name
    const read = await this.account.readTrades(since)
    if (!read.ok) return read
    const ownerOf = (record: TradeRecord) => this.account.exits.ownerOf(record)
    const { currency, trades } = this.account
    return ok(trades.fills({ name: name.value, symbol, currency, since: since.getTime(), ownerOf }))
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    return this.account.instruments()
  }

  async rates(): Answer<readonly VenueRate[]> {
    const symbols = await this.account.readSymbols()
    if (!symbols.ok) return symbols
    return ok([...symbols.value].flatMap(([symbol, { rate }]) => (rate === null ? [] : [{ symbol, price: rate }])))
  }

  prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    return this.account.prices(symbols)
  }

  async setLeverage(): Answer<undefined> {
    await Promise.resolve()
    return err(brokerError.unsupported('leverage', 'the venue sets the leverage of each symbol'))
  }

  async keyFacts(): Answer<KeyFacts> {
    await Promise.resolve()
    return ok(keyUntold)
  }

  events(listener: SessionListener): () => void {
    const { stream: address, clock, randomness, pacingMs } = this.options
    this.stream = new XapiStream({
      address,
      clock,
      randomness,
      pacingMs,
      token: () => this.main.streamToken(),
      onEvent: (command, data) => this.heard(command, data, listener),
      onUp: () => listener({ kind: 'stream-up' }),
      onDown: (message) => listener({ kind: 'stream-down', message }),
      onRefused: (message) => listener({ kind: 'auth-failed', message }),
    })
    return () => this.closeStream()
  }

  health(): SessionHealth {
    return { streaming: this.stream?.isUp ?? false, lastMessageAtMs: this.stream?.lastMessageAtMs ?? null }
  }

  async close(): Promise<void> {
    this.closeStream()
    this.main.close()
    await Promise.resolve()
  }

  private closeStream(): void {
    this.stream?.close()
    this.stream = null
  }

  private historyStart(): Date {
    return new Date(Math.max(0, this.options.clock.now().getTime() - this.options.historyMs))
  }

  private heard(command: string, data: unknown, listener: SessionListener): void {
    if (command === 'tradeStatus') {
      const status = statusRecord.safeParse(data)
      if (status.success) this.transactions.tell(status.data)
      return
    }
    if (command === 'balance') {
      const balance = this.account.balanceOf(data)
      if (balance !== null) listener({ kind: 'balance', balance })
      return
    }
    if (command !== 'trade') return
    const trade = tradeRecord.safeParse(data)
    // News that cannot be read may be news of ours: a new connection makes everything be read again.
    if (!trade.success) return this.stream?.renew('a trade of the stream cannot be read')
    this.account.trades.tell(trade.data)
    this.transactions.wake()
    for (const order of this.concerned(trade.data)) listener({ kind: 'order', order })
  }

  /** Our orders that a record tells something new of. */
  private concerned(record: TradeRecord): VenueOrder[] {
    const symbol = this.account.symbolOf(record.symbol ?? '')
    const entryId = commentOf(record.customComment)?.clientOrderId
    const exitId = record.closed ? this.account.exits.ownerOf(record) : null
    const entry = symbol === null || entryId === undefined || record.closed ? null : entryId
    return [
      ...(entry === null || symbol === null ? [] : [this.account.entryOrder(entry, symbol)]),
      ...(exitId === null ? [] : [this.account.exitOrder(exitId)]),
    ].filter((order) => order !== null)
  }
}
