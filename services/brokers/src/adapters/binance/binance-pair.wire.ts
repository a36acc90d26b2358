/**
 * A stop and a target of which one ends the other, an order list (OCO) of Binance spot, as the one order that it is for us.
 * Called by the spot session and its stream. Must never tell the end of one half as the end of both.
 */
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import { z } from 'zod'
import { type BinanceOrder, binanceOrder, clientIdOfOrder, venueOrderOf } from './binance-order.wire.ts'
import { halfIdsOf, joinedOrder, pairIdOf } from '../ccxt/order-halves.map.ts'

/** Ids of order lists are numbers of their own: the word keeps them apart from those of orders. */
export function pairVenueId(orderListId: string | undefined): string | null {
  return orderListId === undefined || orderListId === '-1' ? null : `list ${orderListId}`
}

/** The target waits in the book as a maker, so that only the stop counts against the venue's limit on conditional orders. */
export function pairRequestOf(order: ApprovedOrder, marketId: string): Record<string, unknown> {
  const ids = halfIdsOf(order.clientOrderId)
  const target = { Type: 'LIMIT_MAKER', ClientOrderId: ids.target, Price: order.price }
  const stop = { Type: 'STOP_LOSS', ClientOrderId: ids.stop, StopPrice: order.triggerPrice }
  const sells = order.side === 'sell'
  return {
    symbol: marketId,
    side: sells ? 'SELL' : 'BUY',
    quantity: order.quantity,
    listClientOrderId: order.clientOrderId,
    ...prefixed('above', sells ? target : stop),
    ...prefixed('below', sells ? stop : target),
    newOrderRespType: 'RESULT',
  }
}

function prefixed(prefix: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}${name}`, value]))
}

const id = z.union([z.string(), z.number()]).transform(String)

/** The answer to placing and to cancelling. */
export const pairReports = z.object({ orderReports: z.array(binanceOrder).length(2) })
/** The answer to a query: the halves are named only. */
export const pairNames = z.object({ orderListId: id, orders: z.array(z.object({ orderId: id })).length(2) })

/** `listStatus` of the stream. */
export const pairStatus = z.object({ s: z.string(), C: z.string(), L: z.string() })

export function venueOrderOfPair(halves: readonly BinanceOrder[], clientOrderId: string, symbol: string): VenueOrder {
  const told = halves.map((half) => venueOrderOf(half, symbol))
  return joinedOrder(told, { clientOrderId, venueOrderId: pairVenueId(halves[0]?.orderListId) })
}

/** Open orders with the halves of each pair joined. */
export function joinHalves(orders: readonly BinanceOrder[], symbolOf: (marketId: string) => string): VenueOrder[] {
  const groups = Map.groupBy(orders, (order) => pairIdOf(clientIdOfOrder(order)) ?? order.orderId)
  return [...groups.values()].map((group) => {
    const [first] = group as [BinanceOrder, ...BinanceOrder[]]
    const pair = pairIdOf(clientIdOfOrder(first))
    const symbol = symbolOf(first.symbol)
    return pair === null ? venueOrderOf(first, symbol) : venueOrderOfPair(group, pair, symbol)
  })
}
