/**
 * The order and account endpoints of Tokocrypto. Called by the ProtocolServer.
 * Must never list orders of all symbols at once: the venue lists those of one.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { isFinal, newestOf, type Order } from '#domain/order'
import { cancelOrder, placeOrder, placeOrderList } from '#domain/engine/place-order'
import { listedAs, type Market } from '#domain/state'
import { page } from '../binance/paging.map.ts'
import type { Parameters } from '../binance/parameters.wire.ts'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import { missing } from '../binance/venue-error.wire.ts'
import type { ProtocolEndpoint, Refused, SignedCall } from '../protocol/protocol.controller.ts'
import { assetViews, cancelledView, listView, orderView, placedView, tradeView } from './order.map.ts'
import { listRequestOf, orderRequestOf } from './order-request.map.ts'
import {
  callsMax,
  envelope,
  orderDoesNotExist,
  parametersOfCall,
  plainError,
  refusedOrder,
  tokocryptoVenue,
  unknownSymbol,
} from './tokocrypto.wire.ts'

type Answer = Result<unknown, Refused>

const openOnly = 1
const endedOnly = 2

function marketOfCall(call: SignedCall, parameters: Parameters): Result<Market, Refused> {
  const symbol = parameters.text('symbol')
  if (symbol === undefined) return err(plainError(missing('symbol'), call.now))
  const market = listedAs(call.venue.state, tokocryptoVenue, symbol)
  return market === undefined ? err(unknownSymbol(call.now)) : ok(market)
}

const autoId = (call: SignedCall) => () => `auto-${String(call.venue.state.nextId)}`

function place(call: SignedCall): Answer {
  const parameters = parametersOfCall(call.raw)
  const market = marketOfCall(call, parameters)
  if (!market.ok) return market
  const request = orderRequestOf(parameters, autoId(call))
  if (!request.ok) return err(plainError(request.error, call.now))
  const asked = underFaults(call.faults, call.account, request.value, call.now)
  const placed = call.venue.execute((session) =>
    placeOrder({ session, account: call.account, market: market.value }, asked),
  )
  if (!placed.ok) return err(refusedOrder(placed.error, request.value.type === 'market', call.now))
  return ok(envelope(placedView(placed.value), call.now))
}

function placeList(call: SignedCall): Answer {
  const parameters = parametersOfCall(call.raw)
  const market = marketOfCall(call, parameters)
  if (!market.ok) return market
  const request = listRequestOf(parameters, autoId(call))
  if (!request.ok) return err(plainError(request.error, call.now))
  const { clientOrderId, above, below } = request.value
  const underway = (each: typeof above) => underFaults(call.faults, call.account, each, call.now)
  const placed = call.venue.execute((session) =>
    placeOrderList(
      { session, account: call.account, market: market.value },
      { clientOrderId, above: underway(above), below: underway(below) },
    ),
  )
  return placed.ok ? ok(envelope(listView(placed.value), call.now)) : err(refusedOrder(placed.error, false, call.now))
}

/** By the venue's id or the client's. */
function findOrder(call: SignedCall): Order | undefined {
  const parameters = parametersOfCall(call.raw)
  const [id, clientId] = [parameters.integer('orderId'), parameters.text('clientId')]
  if (id === undefined && clientId === undefined) return undefined
  return newestOf(
    call.account.orders,
    (order) => isVisible(order, call.now) && (id === undefined ? order.clientOrderId === clientId : order.id === id),
  )
}

function readOrder(call: SignedCall): Answer {
  const order = findOrder(call)
  return order === undefined ? err(orderDoesNotExist(call.now)) : ok(envelope(orderView(order), call.now))
}

/** Of a list both halves end. */
function cancel(call: SignedCall): Answer {
  const order = findOrder(call)
  if (order === undefined || isFinal(order.status)) return err(orderDoesNotExist(call.now))
  call.venue.execute((session) => cancelOrder(session, call.account, order))
  return ok(envelope(cancelledView(order), call.now))
}

function listOrders(call: SignedCall): Answer {
  const parameters = parametersOfCall(call.raw)
  if (parameters.has('orderId')) {
    const order = findOrder(call)
    return ok(envelope({ list: order === undefined ? [] : [orderView(order)] }, call.now))
  }
  const market = marketOfCall(call, parameters)
  if (!market.ok) return market
  const { symbol } = market.value.instrument
  const kind = Number(parameters.text('type') ?? -1)
  const listed = call.account.orders.filter(
    (order) =>
      isVisible(order, call.now) &&
      order.symbol === symbol &&
      (kind !== openOnly || !isFinal(order.status)) &&
      (kind !== endedOnly || isFinal(order.status)),
  )
  const found = page(parameters, listed, ({ id, acceptedAt }) => ({ id, at: acceptedAt }), 'fromId')
  return ok(envelope({ list: found.map(orderView) }, call.now))
}

function listTrades(call: SignedCall): Answer {
  const parameters = parametersOfCall(call.raw)
  const market = marketOfCall(call, parameters)
  if (!market.ok) return market
  const orderId = parameters.integer('orderId')
  const fills = call.account.fills.filter(
    ({ order }) =>
      isVisible(order, call.now) &&
      order.symbol === market.value.instrument.symbol &&
      (orderId === undefined || order.id === orderId),
  )
  const found = page(parameters, fills, ({ tradeId, at }) => ({ id: tradeId, at }), 'fromId')
  return ok(envelope({ list: found.map(tradeView) }, call.now))
}

function readAccount(call: SignedCall): Answer {
  const commission = { makerCommission: '0.00100000', takerCommission: '0.00100000' }
  const canWithdraw = call.account.keyRules.mayWithdraw ? 1 : 0
  const rights = { canTrade: 1, canWithdraw, canDeposit: 1, status: 1 }
  return ok(envelope({ ...commission, ...rights, accountAssets: assetViews(call.account) }, call.now))
}

const read = { method: 'GET', access: 'signed', callsMax } as const
const write = { method: 'POST', access: 'signed', callsMax } as const

export const orderEndpoints: readonly ProtocolEndpoint[] = [
  { ...write, path: '/open/v1/orders', operation: 'place', answer: place },
  { ...write, path: '/open/v1/orders/oco', operation: 'place', answer: placeList },
  { ...write, path: '/open/v1/orders/cancel', operation: 'cancel', answer: cancel },
  { ...read, path: '/open/v1/orders', answer: listOrders },
  { ...read, path: '/open/v1/orders/detail', answer: readOrder },
  { ...read, path: '/open/v1/orders/trades', answer: listTrades },
  { ...read, path: '/open/v1/account/spot', answer: readAccount },
]
