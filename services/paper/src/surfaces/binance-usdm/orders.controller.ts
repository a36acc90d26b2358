/**
 * The order endpoints of Binance USD-M futures: ordinary orders, algo orders, trades.
 * Called by the BinanceServer. Must never mix the two books: algo orders are unknown to /order until triggered.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { bookIdOf, inOrderBook, isConditional, isFinal, newestOf, type Order } from '#domain/order'
import { cancelOrder, placeOrder } from '#domain/engine/place-order'
import type { OrderRequest } from '#domain/engine/check-order'
import type { AccountCall, Endpoint } from '../binance/binance.controller.ts'
import { marketOfCall } from '../binance/market-data.map.ts'
import type { Parameters } from '../binance/parameters.wire.ts'
import { page } from '../binance/paging.map.ts'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import {
  invalidSymbol,
  missing,
  orderDoesNotExist,
  unknownOrder,
  type VenueError,
} from '../binance/venue-error.wire.ts'
import { algoRequestOf, orderRequestOf } from './order-request.map.ts'
import { algoQueryView, algoView, orderAnswer, orderView, tradeView } from './order.map.ts'
import { refusalOf } from './refusals.map.ts'

const venue = 'binance-usdm'
const allDone = { code: 200, msg: 'The operation of cancel all open order is done.' }

type Answer = Result<unknown, VenueError>
type RequestMaker = (parameters: Parameters, makeId: () => string) => Result<OrderRequest, VenueError>

function place(call: AccountCall, makeRequest: RequestMaker, view: (order: Order) => unknown): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const request = makeRequest(call.parameters, () => `auto-${String(call.venue.state.nextId)}`)
  if (!request.ok) return request
  const order = call.venue.execute((session) =>
    placeOrder(
      { session, account: call.account, market: market.value },
      underFaults(call.faults, call.account, request.value, call.now),
    ),
  )
  return order.ok ? ok(view(order.value)) : err(refusalOf(order.error, market.value.instrument))
}

/** By book id or client order id; the newest, and an open one before an ended one. */
function find(
  call: AccountCall,
  book: (order: Order) => boolean,
  names: readonly [string, string],
): Result<Order | undefined, VenueError> {
  const [idName, clientName] = names
  const id = call.parameters.integer(idName)
  const clientId = call.parameters.text(clientName)
  if (call.parameters.error !== undefined) return err(call.parameters.error)
  if (id === undefined && clientId === undefined) return err(missing(idName))
  const found =
    id === undefined
      ? newestOf(call.account.byClientOrderId.get(clientId ?? '') ?? [], book)
      : ownedBy(call, call.venue.state.orders.get(id))
  return ok(found !== undefined && book(found) && isVisible(found, call.now) ? found : undefined)
}

function ownedBy(call: AccountCall, order: Order | undefined): Order | undefined {
  return order?.accountId === call.account.id ? order : undefined
}

/** An ordinary order by its own id; a conditional one only by the id it got in the book. */
function findInBook(call: AccountCall): Result<Order | undefined, VenueError> {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const id = call.parameters.integer('orderId')
  return find(call, (order) => inOrderBook(order) && (id === undefined || bookIdOf(order) === id), [
    'orderId',
    'origClientOrderId',
  ])
}

function findAlgo(call: AccountCall): Result<Order | undefined, VenueError> {
  const id = call.parameters.integer('algoId')
  return find(call, (order) => isConditional(order.type) && (id === undefined || order.id === id), [
    'algoId',
    'clientAlgoId',
  ])
}

function cancel(call: AccountCall, found: Result<Order | undefined, VenueError>): Result<Order, VenueError> {
  if (!found.ok) return found
  const order = found.value
  if (order === undefined || isFinal(order.status)) return err(unknownOrder)
  call.venue.execute((session) => cancelOrder(session, call.account, order))
  return ok(order)
}

function cancelAll(call: AccountCall, algo: boolean): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const open = openOrders(call, algo, market.value.instrument.venueSymbol)
  call.venue.execute((session) => {
    for (const order of open) cancelOrder(session, call.account, order)
  })
  return ok(allDone)
}

/** Open ordinary orders, or waiting algo orders. */
function openOrders(call: AccountCall, algo: boolean, symbolName?: string): Order[] {
  const symbol = symbolName ?? call.parameters.text('symbol')
  return [...call.account.open.values()].filter(
    (order) =>
      (order.status === 'waiting') === algo &&
      isVisible(order, call.now) &&
      (symbol === undefined || order.symbol.replace('/', '') === symbol),
  )
}

function listOpen(call: AccountCall, algo: boolean, view: (order: Order) => unknown): Answer {
  const symbol = call.parameters.text('symbol')
  if (symbol !== undefined && !marketOfCall(call, venue).ok) return err(invalidSymbol)
  return ok(openOrders(call, algo).map(view))
}

function listAll(call: AccountCall, algo: boolean, view: (order: Order) => unknown): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const { symbol } = market.value.instrument
  const mine = call.account.orders.filter(
    (order) =>
      order.symbol === symbol && isVisible(order, call.now) && (algo ? isConditional(order.type) : inOrderBook(order)),
  )
  const keyOf = (order: Order) => ({ id: algo ? order.id : bookIdOf(order), at: order.acceptedAt })
  const listed = page(call.parameters, mine, keyOf, algo ? 'algoId' : 'orderId')
  return call.parameters.error === undefined ? ok(listed.map(view)) : err(call.parameters.error)
}

function userTrades(call: AccountCall): Answer {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const orderId = call.parameters.integer('orderId')
  const mine = call.account.fills.filter(
    ({ order }) =>
      order.symbol === market.value.instrument.symbol &&
      isVisible(order, call.now) &&
      (orderId === undefined || bookIdOf(order) === orderId),
  )
  const fills = page(call.parameters, mine, (fill) => ({ id: fill.tradeId, at: fill.at }), 'fromId')
  return call.parameters.error === undefined ? ok(fills.map(tradeView)) : err(call.parameters.error)
}

function viewOf(found: Result<Order | undefined, VenueError>, view: (order: Order) => unknown): Answer {
  if (!found.ok) return found
  return found.value === undefined ? err(orderDoesNotExist) : ok(view(found.value))
}

function cancelled(call: AccountCall, algo: boolean): Answer {
  const order = cancel(call, algo ? findAlgo(call) : findInBook(call))
  if (!order.ok) return order
  const { id, clientOrderId } = order.value
  return ok(algo ? { algoId: id, clientAlgoId: clientOrderId, code: '200', msg: 'success' } : orderAnswer(order.value))
}

/** A triggered order is cancelled in the book; as an algo order it is done. */
function cancelAlgo(call: AccountCall): Answer {
  const found = findAlgo(call)
  if (found.ok && found.value !== undefined && found.value.triggeredId !== null) return err(unknownOrder)
  return cancelled(call, true)
}

const withSymbolElse = (alone: number, all: number) => (parameters: Parameters) =>
  parameters.has('symbol') ? alone : all

export const orderEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/fapi/v1/order',
    weight: 0,
    access: 'signed',
    operation: 'place',
    answer: (call) => place(call, orderRequestOf, orderAnswer),
  },
  {
    method: 'GET',
    path: '/fapi/v1/order',
    weight: 1,
    access: 'signed',
    answer: (call) => viewOf(findInBook(call), orderView),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/order',
    weight: 1,
    access: 'signed',
    operation: 'cancel',
    answer: (call) => cancelled(call, false),
  },
  {
    method: 'GET',
    path: '/fapi/v1/openOrder',
    weight: 1,
    access: 'signed',
    answer: (call) => viewOf(findInBook(call), orderView),
  },
  {
    method: 'GET',
    path: '/fapi/v1/openOrders',
    weight: withSymbolElse(1, 40),
    access: 'signed',
    answer: (call) => listOpen(call, false, orderView),
  },
  {
    method: 'GET',
    path: '/fapi/v1/allOrders',
    weight: 5,
    access: 'signed',
    answer: (call) => listAll(call, false, orderView),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/allOpenOrders',
    weight: 1,
    access: 'signed',
    operation: 'cancel',
    answer: (call) => cancelAll(call, false),
  },
  {
    method: 'POST',
    path: '/fapi/v1/algoOrder',
    weight: 1,
    access: 'signed',
    operation: 'place',
    answer: (call) => place(call, algoRequestOf, algoView),
  },
  {
    method: 'GET',
    path: '/fapi/v1/algoOrder',
    weight: 1,
    access: 'signed',
    answer: (call) => viewOf(findAlgo(call), algoQueryView),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/algoOrder',
    weight: 1,
    access: 'signed',
    operation: 'cancel',
    answer: cancelAlgo,
  },
  {
    method: 'GET',
    path: '/fapi/v1/openAlgoOrders',
    weight: withSymbolElse(1, 40),
    access: 'signed',
    answer: (call) => listOpen(call, true, algoView),
  },
  {
    method: 'GET',
    path: '/fapi/v1/allAlgoOrders',
    weight: 5,
    access: 'signed',
    answer: (call) => listAll(call, true, algoQueryView),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/algoOpenOrders',
    weight: 1,
    access: 'signed',
    operation: 'cancel',
    answer: (call) => cancelAll(call, true),
  },
  { method: 'GET', path: '/fapi/v1/userTrades', weight: 5, access: 'signed', answer: userTrades },
]
