/**
 * The order endpoints of Binance spot: orders, order lists, trades.
 * Called by the BinanceServer. Must never cancel one order of a list without the other.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { checkOrder } from '#domain/engine/check-order'
import { isFinal, newestOf, type Order } from '#domain/order'
import { cancelOrder, placeOrder, placeOrderList } from '#domain/engine/place-order'
import type { AccountCall, Endpoint } from '../binance/binance.controller.ts'
import { marketOfCall } from '../binance/market-data.map.ts'
import { page } from '../binance/paging.map.ts'
import type { Parameters } from '../binance/parameters.wire.ts'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import { missing, orderDoesNotExist, unknownOrder, type VenueError } from '../binance/venue-error.wire.ts'
import { detailOf, listRequestOf, orderRequestOf } from './order-request.map.ts'
import { cancelledView, listView, orderView, placedView, tradeView } from './order.map.ts'
import { refusalOf } from './refusals.map.ts'

const venue = 'binance-spot'
type Answer = Result<unknown, VenueError>

function place(call: AccountCall, onlyTest: boolean): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const request = orderRequestOf(call.parameters, () => `auto-${String(call.venue.state.nextId)}`)
  if (!request.ok) return request
  const isMarket = request.value.type === 'market'
  if (onlyTest) {
    const refused = checkOrder(call.account, market.value, request.value)
    return refused === undefined ? ok({}) : err(refusalOf(refused, isMarket))
  }
  const order = call.venue.execute((session) =>
    placeOrder(
      { session, account: call.account, market: market.value },
      underFaults(call.faults, call.account, request.value, call.now),
    ),
  )
  if (!order.ok) return err(refusalOf(order.error, isMarket))
  return ok(placedView(order.value, fillsOf(call, order.value), detailOf(call.parameters, order.value.type)))
}

/** The newest fills belong to the order just placed. */
function fillsOf(call: AccountCall, order: Order) {
  const { fills } = call.account
  let start = fills.length
  while (start > 0 && fills[start - 1]?.order === order) start -= 1
  return fills.slice(start)
}

function placeList(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const request = listRequestOf(call.parameters, () => `auto-${String(call.venue.state.nextId)}`)
  if (!request.ok) return request
  const orders = call.venue.execute((session) =>
    placeOrderList({ session, account: call.account, market: market.value }, request.value),
  )
  if (!orders.ok) return err(refusalOf(orders.error, false))
  const orderReports = orders.value.map((order) => placedView(order, [], 'RESULT'))
  return ok({ ...listView(orders.value), orderReports })
}

function find(call: AccountCall): Result<Order | undefined, VenueError> {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const id = call.parameters.integer('orderId')
  const clientId = call.parameters.text('origClientOrderId')
  if (call.parameters.error !== undefined) return err(call.parameters.error)
  if (id === undefined && clientId === undefined) return err(missing('orderId'))
  const known = id === undefined ? call.account.byClientOrderId.get(clientId ?? '') : undefined
  const found = id === undefined ? newestOf(known ?? [], () => true) : call.venue.state.orders.get(id)
  const mine = found?.accountId === call.account.id && found.symbol === market.value.instrument.symbol
  return ok(mine && isVisible(found, call.now) ? found : undefined)
}

function query(call: AccountCall): Answer {
  const found = find(call)
  if (!found.ok) return found
  return found.value === undefined ? err(orderDoesNotExist) : ok(orderView(found.value))
}

function cancel(call: AccountCall): Answer {
  const found = find(call)
  if (!found.ok) return found
  const order = found.value
  if (order === undefined || isFinal(order.status)) return err(unknownOrder)
  const legs = legsOf(call, order)
  call.venue.execute((session) => cancelOrder(session, call.account, order))
  return ok(legs.length > 1 ? cancelledList(legs) : cancelledView(order))
}

/** The orders of the same list, the order itself first when it stands alone. */
function legsOf(call: AccountCall, order: Order): Order[] {
  if (order.listId === null) return [order]
  return call.account.orders.filter(({ listId }) => listId === order.listId)
}

function cancelledList(legs: readonly Order[]) {
  return { ...listView(legs), orderReports: legs.map(cancelledView) }
}

function openOrders(call: AccountCall, symbol: string | undefined): Order[] {
  return [...call.account.open.values()].filter(
    (order) => isVisible(order, call.now) && (symbol === undefined || order.symbol === symbol),
  )
}

function listOpen(call: AccountCall): Answer {
  if (!call.parameters.has('symbol')) return ok(openOrders(call, undefined).map(orderView))
  const market = marketOfCall(call, venue)
  return market.ok ? ok(openOrders(call, market.value.instrument.symbol).map(orderView)) : market
}

function cancelAll(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const open = openOrders(call, market.value.instrument.symbol)
  if (open.length === 0) return err(unknownOrder)
  call.venue.execute((session) => {
    for (const order of open) if (!isFinal(order.status)) cancelOrder(session, call.account, order)
  })
  const alone = open.filter(({ listId }) => listId === null).map(cancelledView)
  return ok([...alone, ...grouped(open).map(cancelledList)])
}

/** Orders that belong to lists, list by list. */
function grouped(orders: readonly Order[]): Order[][] {
  const lists = Map.groupBy(
    orders.filter(({ listId }) => listId !== null),
    ({ listId }) => listId,
  )
  return [...lists.values()]
}

function listAll(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const { symbol } = market.value.instrument
  const mine = call.account.orders.filter((order) => order.symbol === symbol && isVisible(order, call.now))
  const listed = page(call.parameters, mine, (order) => ({ id: order.id, at: order.acceptedAt }), 'orderId')
  return call.parameters.error === undefined ? ok(listed.map(orderView)) : err(call.parameters.error)
}

function myTrades(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const orderId = call.parameters.integer('orderId')
  const mine = call.account.fills.filter(
    ({ order }) =>
      order.symbol === market.value.instrument.symbol &&
      isVisible(order, call.now) &&
      (orderId === undefined || order.id === orderId),
  )
  const fills = page(call.parameters, mine, (fill) => ({ id: fill.tradeId, at: fill.at }), 'fromId')
  return call.parameters.error === undefined ? ok(fills.map(tradeView)) : err(call.parameters.error)
}

function findList(call: AccountCall): Order[] | undefined {
  const id = call.parameters.integer('orderListId')
  const clientId = call.parameters.text('listClientOrderId') ?? call.parameters.text('origClientOrderId')
  const legs = call.account.orders.filter(
    ({ listId, listClientOrderId }) =>
      listId !== null && (id === undefined ? listClientOrderId === clientId : listId === id),
  )
  return legs.length === 0 ? undefined : legs.slice(-2)
}

function queryList(call: AccountCall): Answer {
  const legs = findList(call)
  return legs === undefined ? err(orderDoesNotExist) : ok(listView(legs))
}

function cancelList(call: AccountCall): Answer {
  const legs = findList(call)
  const open = legs?.find((order) => !isFinal(order.status))
  if (legs === undefined || open === undefined) return err(unknownOrder)
  call.venue.execute((session) => cancelOrder(session, call.account, open))
  return ok(cancelledList(legs))
}

function openLists(call: AccountCall): Answer {
  return ok(grouped(openOrders(call, undefined)).map((legs) => listView(legs)))
}

const symbolWeight = (one: number, all: number) => (parameters: Parameters) => (parameters.has('symbol') ? one : all)

export const orderEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/api/v3/order',
    weight: 1,
    access: 'signed',
    operation: 'place',
    answer: (call) => place(call, false),
  },
  { method: 'POST', path: '/api/v3/order/test', weight: 1, access: 'signed', answer: (call) => place(call, true) },
  { method: 'GET', path: '/api/v3/order', weight: 4, access: 'signed', answer: query },
  { method: 'DELETE', path: '/api/v3/order', weight: 1, access: 'signed', operation: 'cancel', answer: cancel },
  { method: 'GET', path: '/api/v3/openOrders', weight: symbolWeight(6, 80), access: 'signed', answer: listOpen },
  { method: 'DELETE', path: '/api/v3/openOrders', weight: 1, access: 'signed', operation: 'cancel', answer: cancelAll },
  { method: 'GET', path: '/api/v3/allOrders', weight: 20, access: 'signed', answer: listAll },
  {
    method: 'GET',
    path: '/api/v3/myTrades',
    weight: (parameters) => (parameters.has('orderId') ? 5 : 20),
    access: 'signed',
    answer: myTrades,
  },
  { method: 'POST', path: '/api/v3/orderList/oco', weight: 1, access: 'signed', operation: 'place', answer: placeList },
  { method: 'GET', path: '/api/v3/orderList', weight: 4, access: 'signed', answer: queryList },
  { method: 'DELETE', path: '/api/v3/orderList', weight: 1, access: 'signed', operation: 'cancel', answer: cancelList },
  { method: 'GET', path: '/api/v3/openOrderList', weight: 6, access: 'signed', answer: openLists },
]
