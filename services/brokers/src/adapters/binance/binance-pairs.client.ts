/**
 * Places, cancels and finds order lists of Binance spot, each as one order of ours. Called by the spot session.
 * Must never cancel one half of a list: the venue ends both, and so do we.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { ok } from '@tradewire/kernel/result'
import type { BinanceApi } from './binance-api.client.ts'
import { type BinanceOrder, binanceOrder } from './binance-order.wire.ts'
import { pairNames, pairReports, pairRequestOf, venueOrderOfPair } from './binance-pair.wire.ts'
import { type Answer, endpoint } from '../ccxt/exchange-api.client.ts'

export interface PairReference {
  readonly clientOrderId: string
  readonly symbol: string
}

export class BinancePairs {
  constructor(private readonly api: BinanceApi) {}

  async submit(order: ApprovedOrder): Answer<VenueOrder> {
    const placed = await this.api.call('place', pairReports, (exchange) =>
      endpoint(exchange, 'privatePostOrderListOco', pairRequestOf(order, this.marketId(order))),
    )
    return placed.ok ? ok(venueOrderOfPair(placed.value.orderReports, order.clientOrderId, order.symbol)) : placed
  }

  async cancel(reference: PairReference): Answer<VenueOrder> {
    const { clientOrderId, symbol } = reference
    const query = { symbol: this.marketId(reference), listClientOrderId: clientOrderId }
    const cancelled = await this.api.call('cancel', pairReports, (exchange) =>
      endpoint(exchange, 'privateDeleteOrderList', query),
    )
    return cancelled.ok ? ok(venueOrderOfPair(cancelled.value.orderReports, clientOrderId, symbol)) : cancelled
  }

  /** The list names its halves; what became of them they tell themselves. */
  async find(reference: PairReference): Answer<VenueOrder | null> {
    const { clientOrderId, symbol } = reference
    const list = await this.api.call('read', pairNames, (exchange) =>
      endpoint(exchange, 'privateGetOrderList', { origClientOrderId: clientOrderId }),
    )
    if (!list.ok) return list.error.kind === 'rejected' && list.error.code === 'ORDER_NOT_FOUND' ? ok(null) : list
    const halves: BinanceOrder[] = []
    for (const { orderId } of list.value.orders) {
      const half = await this.api.call('read', binanceOrder, (exchange) =>
        endpoint(exchange, 'privateGetOrder', { symbol: this.marketId(reference), orderId }),
      )
      if (!half.ok) return half
      halves.push(half.value)
    }
    return ok(venueOrderOfPair(halves, clientOrderId, symbol))
  }

  private marketId({ symbol }: Pick<PairReference, 'symbol'>): string {
    return this.api.marketId(symbol) ?? symbol
  }
}
