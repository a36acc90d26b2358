/**
 * All fills of one symbol since a moment, with the client order ids that Binance's trades leave out; and the fee of one order.
 * Called by the two Binance sessions. Must never stop at a full page: a fill that is not told looks like somebody else's.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { VenueFill, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { BinanceApi } from './binance-api.client.ts'
import { type Answer, endpoint } from '../ccxt/exchange-api.client.ts'
import * as wire from './binance-order.wire.ts'
import { withFeeOf } from '../ccxt/order-fee.map.ts'

type EndpointName = Parameters<typeof endpoint>[1]

export interface FillSources {
  readonly trades: EndpointName
  readonly order: EndpointName
  readonly orders: EndpointName
  /** The venue answers no longer span than this at a time. */
  readonly windowMs: number
}

const tradesPerPageMax = 1_000
const pagesMax = 200
const windowsMax = 120
/** So many orders are asked for one by one; more are cheaper as a list. */
const singleOrdersMax = 10

export class BinanceFills {
  constructor(
    private readonly api: BinanceApi,
    private readonly sources: FillSources,
  ) {}

  /** `ownIds` knows client order ids of orders that the order book lists under another one. */
  async since(
    symbol: string,
    since: Date,
    ownIds: (orderIds: readonly string[], since: Date) => Answer<ReadonlyMap<string, string>>,
  ): Answer<readonly VenueFill[]> {
    const trades = await this.trades(symbol, since)
    if (!trades.ok) return trades
    const orderIds = [...new Set(trades.value.map((each) => each.orderId))]
    const clientIds = await this.clientIds(symbol, orderIds, since)
    if (!clientIds.ok) return clientIds
    const own = await ownIds(orderIds, since)
    if (!own.ok) return own
    const idOf = (orderId: string) => own.value.get(orderId) ?? clientIds.value.get(orderId) ?? null
    return ok(trades.value.map((each) => wire.venueFillOf(each, symbol, idOf(each.orderId))))
  }

  /** Orders do not carry their fees here; trades do. Without an answer the fee stays untold, which is no error. */
  async withFee(order: VenueOrder): Answer<VenueOrder> {
    if (order.fee !== null || order.venueOrderId === null) return ok(order)
    const query = { symbol: this.api.marketId(order.symbol) ?? order.symbol, orderId: order.venueOrderId }
    const trades = await this.api.call('read', z.array(wire.binanceTrade), (api) =>
      endpoint(api, this.sources.trades, query),
    )
    return ok(trades.ok ? withFeeOf(order, trades.value) : order)
  }

  /** Window by window; from the first full page on by the ids of trades, which have no windows. */
  private async trades(symbol: string, since: Date): Answer<readonly wire.BinanceTrade[]> {
    const { windowMs } = this.sources
    const nowMs = this.api.nowMs()
    const found = new Map<string, wire.BinanceTrade>()
    let fromMs = Math.max(since.getTime(), nowMs - windowsMax * windowMs)
    for (; fromMs <= nowMs; fromMs += windowMs) {
      const page = await this.page(symbol, { startTime: fromMs, endTime: fromMs + windowMs - 1 })
      if (!page.ok) return page
      for (const trade of page.value) found.set(trade.id, trade)
      if (page.value.length === tradesPerPageMax) return this.rest(symbol, found)
    }
    return ok([...found.values()])
  }

  private async rest(symbol: string, found: Map<string, wire.BinanceTrade>): Answer<readonly wire.BinanceTrade[]> {
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const last = [...found.keys()].reduce((most, id) => (BigInt(id) > BigInt(most) ? id : most), '0')
      const page = await this.page(symbol, { fromId: `${BigInt(last) + 1n}` })
      if (!page.ok) return page
      for (const trade of page.value) found.set(trade.id, trade)
      if (page.value.length < tradesPerPageMax) return ok([...found.values()])
    }
    return err(brokerError.connectivity(`more than ${pagesMax} pages of trades`))
  }

  private page(symbol: string, window: Record<string, unknown>): Answer<readonly wire.BinanceTrade[]> {
    const query = { symbol: this.api.marketId(symbol) ?? symbol, limit: tradesPerPageMax, ...window }
    return this.api.call('read', z.array(wire.binanceTrade), (api) => endpoint(api, this.sources.trades, query))
  }

  private async clientIds(
    symbol: string,
    orderIds: readonly string[],
    since: Date,
  ): Answer<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>()
    const market = this.api.marketId(symbol) ?? symbol
    if (orderIds.length > singleOrdersMax) {
      const query = { symbol: market, startTime: since.getTime(), limit: tradesPerPageMax }
      const listed = await this.api.call('read', z.array(wire.binanceOrder), (api) =>
        endpoint(api, this.sources.orders, query),
      )
      if (!listed.ok) return listed
      for (const each of listed.value) ids.set(each.orderId, wire.clientIdOfOrder(each))
    }
    for (const orderId of orderIds) {
      // An order may be older than the window in which it was filled.
      if (ids.has(orderId)) continue
      const order = await this.api.call('read', wire.binanceOrder, (api) =>
        endpoint(api, this.sources.order, { symbol: market, orderId }),
      )
      if (order.ok) ids.set(orderId, wire.clientIdOfOrder(order.value))
      else if (order.error.kind !== 'rejected') return order
    }
    return ok(ids)
  }
}
