/**
 * What a session reads at xAPI: one order wherever it may show, pending orders, fills, instruments. Called by the session.
 * Must never answer that an order is unknown before everything was read that could show it.
 */
import type {
  OrderReference,
  SessionListener,
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
  VenueRate,
} from '@tradewire/broker-kit/broker-session'
import { ok } from '@tradewire/kernel/result'
import type { LevelReads } from '#clients/level-session.client'
import { ownIdOf } from '#domain/positions/part-ids'
import { foreignOrder } from '#domain/positions/position-sums'
import type { XapiAccount } from './xapi-account.client.ts'
import type { Answer } from './xapi-main.client.ts'
import type { XapiNews } from './xapi-news.client.ts'
import type { XapiStream } from './xapi-stream.client.ts'

export class XapiReads implements LevelReads {
  constructor(
    private readonly account: XapiAccount,
    private readonly stream: XapiNews,
    /** How far back a lookup of one order reads. */
    private readonly historyMs: number,
  ) {}

  async findOrder(reference: OrderReference): Answer<VenueOrder | null> {
    const start = new Date(Math.max(0, this.account.now().getTime() - this.historyMs))
    const read = await this.account.readTrades(start)
    if (!read.ok) return read
    this.account.recall(reference)
    return ok(this.account.orderOf(reference.clientOrderId, reference.symbol))
  }

  pendingOrders(): readonly VenueOrder[] {
    return [...this.account.trades.pending.values()].flatMap(({ customComment, symbol, position }) => {
      const name = this.account.symbolOf(symbol ?? '')
      if (name === null) return []
      const own = ownIdOf(customComment)
      const order = own === null ? null : this.account.orderOf(own.clientOrderId, name)
      return [order ?? foreignOrder(customComment === '' ? `xapi-${position}` : customComment, position, name)]
    })
  }

  positions(): readonly VenuePosition[] {
    return this.account.trades.netted((name) => this.account.symbolOf(name))
  }

  balance(): Answer<VenueBalance> {
    return this.account.balance()
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const name = await this.account.nameOf(symbol)
    if (!name.ok) return name.error.kind === 'rejected' ? ok([]) : name
    const read = await this.account.readTrades(since)
    if (!read.ok) return read
    const { currency, trades } = this.account
    return ok(trades.fills({ name: name.value, symbol, currency, since: since.getTime() }))
  }

  instruments(): Answer<readonly VenueInstrument[]> {
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

  listen(listener: SessionListener): XapiStream {
    return this.stream.listen(listener)
  }

  close(): void {
    this.account.main.close()
  }
}
