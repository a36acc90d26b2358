/**
 * The order endpoints of OKX: placing, cancelling and reading orders of the book, and fills.
 * Called by the ProtocolServer. Must never mix the two books: algo orders are unknown here until triggered.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { bookIdOf, inOrderBook, isFinal, newestOf, type Order } from '#domain/order'
import { cancelOrder, placeOrder } from '#domain/engine/place-order'
import { leverageOf, listedAs, marketOf, type Market } from '#domain/state'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import type { ProtocolEndpoint, Refused, SignedCall } from '../protocol/protocol.controller.ts'
import { algoRequestOf, orderRequestOf } from './order-request.map.ts'
import { fillView, instrumentType, orderView } from './order.map.ts'
import {
  bodyUnreadable,
  emptyParameter,
  envelope,
  type Fields,
  fieldsOf,
  noSuchInstrument,
  noSuchOrder,
  nothingToCancel,
  parameterError,
  type PartRefused,
  textOf,
} from './okx.wire.ts'
import { refusalOf } from './refusals.map.ts'

export type Answer = Result<unknown, Refused>
export type Made = { readonly order: Order } | { readonly refused: PartRefused }

export const unknownInstrument: PartRefused = { sCode: '51001', sMsg: "Instrument ID doesn't exist." }
const listMax = 100
const batchMax = 20
const okHttp = 200

/** Orders and fills that need their market to be shown. */
export function marketOfOrder(call: SignedCall, order: Order): Market {
  const market = marketOf(call.venue.state, call.account.venue, order.symbol)
  if (market === undefined) throw new Error(`an order of an unknown symbol ${order.symbol}`)
  return market
}

export function viewOf(call: SignedCall, order: Order) {
  const { instrument } = marketOfOrder(call, order)
  const leverage = instrument.kind === 'spot' ? null : leverageOf(call.account, order.symbol)
  return orderView(order, instrument, {
    leverage,
    lastFill: call.account.fills.findLast((fill) => fill.order === order),
  })
}

export type RequestMaker = typeof orderRequestOf | typeof algoRequestOf

/** One order as the engine took it or as it was refused. */
export function make(call: SignedCall, fields: Fields, makeRequest: RequestMaker): Made {
  const market = listedAs(call.venue.state, call.account.venue, textOf(fields, 'instId') ?? '')
  if (market === undefined) return { refused: unknownInstrument }
  const request = makeRequest(fields, market, () => `O${String(call.venue.state.nextId)}`)
  if (!request.ok) return { refused: request.error }
  const placed = call.venue.execute((session) =>
    placeOrder(
      { session, account: call.account, market },
      underFaults(call.faults, call.account, request.value, call.now),
    ),
  )
  if (placed.ok) return { order: placed.value }
  return { refused: refusalOf(placed.error, request.value, market.instrument.quote) }
}

/** Outer code 0: all succeeded, 1: none, 2: some. */
export function partsReply(parts: readonly (Record<string, unknown> & PartRefused)[]): Answer {
  const failed = parts.filter(({ sCode }) => sCode !== '0').length
  if (failed === 0) return ok(envelope(parts))
  const all = failed === parts.length
  const body = { code: all ? '1' : '2', msg: all ? 'All operations failed' : 'Bulk operation partially succeeded.' }
  return err({ status: okHttp, body: { ...body, data: parts } })
}

export const succeeded: PartRefused = { sCode: '0', sMsg: '' }

function placedPart(call: SignedCall, fields: Fields) {
  const made = make(call, fields, orderRequestOf)
  const base = { tag: textOf(fields, 'tag') ?? '', ts: String(call.now) }
  if ('order' in made) {
    const { order } = made
    return { ...base, ordId: String(bookIdOf(order)), clOrdId: order.clientOrderId, ...succeeded }
  }
  return { ...base, ordId: '', clOrdId: textOf(fields, 'clOrdId') ?? '', ...made.refused }
}

/** By the venue's id or the client's, among this account's orders of the instrument. */
function findOrder(call: SignedCall, read: (name: string) => string | undefined): Order | undefined {
  const id = read('ordId')
  const clientId = read('clOrdId')
  const market = listedAs(call.venue.state, call.account.venue, read('instId') ?? '')
  if (market === undefined) return undefined
  const mine = (order: Order) => inOrderBook(order) && order.symbol === market.instrument.symbol
  const ordinary = (order: Order) => mine(order) && order.triggeredId === null
  const found =
    id === undefined
      ? newestOf(call.account.byClientOrderId.get(clientId ?? '') ?? [], ordinary)
      : call.venue.state.orders.get(Number(id))
  const owned = found !== undefined && found.accountId === call.account.id && mine(found)
  if (!owned || !isVisible(found, call.now)) return undefined
  return id === undefined || bookIdOf(found) === Number(id) ? found : undefined
}

function cancelledPart(call: SignedCall, fields: Fields) {
  const order = findOrder(call, (name) => textOf(fields, name))
  const names = { ordId: textOf(fields, 'ordId') ?? '', clOrdId: textOf(fields, 'clOrdId') ?? '' }
  const base = { ...names, ts: String(call.now) }
  if (order === undefined || isFinal(order.status)) return { ...base, ...nothingToCancel }
  call.venue.execute((session) => cancelOrder(session, call.account, order))
  return { ...base, ordId: String(bookIdOf(order)), clOrdId: order.clientOrderId, ...succeeded }
}

type PartMaker = (call: SignedCall, fields: Fields) => Record<string, unknown> & PartRefused

/** One object, or a list of at most twenty where the endpoint takes lists. */
export function each(call: SignedCall, many: boolean, part: PartMaker): Answer {
  const fields = fieldsOf(call.raw.body)
  if (fields === undefined || fields.list !== many) return err(bodyUnreadable)
  if (fields.items.length > batchMax || fields.items.length === 0) return partsReply([{ ...parameterError('orders') }])
  return partsReply(fields.items.map((item) => part(call, item)))
}

export function queryOf(call: { readonly raw: { readonly query: string } }): (name: string) => string | undefined {
  const values = new URLSearchParams(call.raw.query)
  return (name) => values.get(name) ?? undefined
}

function readOrder(call: SignedCall): Answer {
  const read = queryOf(call)
  if (read('instId') === undefined) return err(emptyParameter('instId'))
  if (listedAs(call.venue.state, call.account.venue, read('instId') ?? '') === undefined) return err(noSuchInstrument)
  const order = findOrder(call, read)
  return order === undefined ? err(noSuchOrder) : ok(envelope([viewOf(call, order)]))
}

/** Newest first, at most a hundred, from before the id that the client names. */
export function newestFirst<Item>(call: SignedCall, items: readonly Item[], idOf: (item: Item) => number): Item[] {
  const read = queryOf(call)
  const after = Number(read('after') ?? Number.MAX_SAFE_INTEGER)
  const limit = Math.min(Number(read('limit') ?? listMax) || listMax, listMax)
  return items
    .filter((item) => idOf(item) < after)
    .toSorted((left, right) => idOf(right) - idOf(left))
    .slice(0, limit)
}

/** Whether an order is of the instrument type and instrument that the client asks for. */
export function asked(call: SignedCall, order: Order): boolean {
  const read = queryOf(call)
  const { instrument } = marketOfOrder(call, order)
  const type = read('instType')
  const id = read('instId')
  return (
    isVisible(order, call.now) &&
    (type === undefined || type === instrumentType(instrument)) &&
    (id === undefined || id === instrument.venueSymbol)
  )
}

function listOrders(call: SignedCall, open: boolean): Answer {
  const source = open ? [...call.account.open.values()] : call.account.orders
  const orders = source.filter(
    (order) => inOrderBook(order) && order.status !== 'waiting' && isFinal(order.status) !== open && asked(call, order),
  )
  return ok(envelope(newestFirst(call, orders, bookIdOf).map((order) => viewOf(call, order))))
}

function listFills(call: SignedCall): Answer {
  const read = queryOf(call)
  const begin = Number(read('begin') ?? 0)
  const end = Number(read('end') ?? Number.MAX_SAFE_INTEGER)
  const ordId = read('ordId')
  const fills = call.account.fills.filter(
    ({ order, at }) =>
      at >= begin && at <= end && asked(call, order) && (ordId === undefined || String(bookIdOf(order)) === ordId),
  )
  const page = newestFirst(call, fills, ({ tradeId }) => tradeId)
  return ok(envelope(page.map((fill) => fillView(fill, marketOfOrder(call, fill.order).instrument))))
}

const history = {
  method: 'GET',
  access: 'signed',
  callsMax: 40,
  answer: (call: SignedCall) => listOrders(call, false),
} as const
const fills = { method: 'GET', access: 'signed', callsMax: 60, answer: listFills } as const

export const orderEndpoints: readonly ProtocolEndpoint[] = [
  {
    method: 'POST',
    path: '/api/v5/trade/order',
    access: 'signed',
    operation: 'place',
    callsMax: 60,
    answer: (call) => each(call, false, placedPart),
  },
  {
    method: 'POST',
    path: '/api/v5/trade/batch-orders',
    access: 'signed',
    operation: 'place',
    callsMax: 300,
    answer: (call) => each(call, true, placedPart),
  },
  {
    method: 'POST',
    path: '/api/v5/trade/cancel-order',
    access: 'signed',
    operation: 'cancel',
    callsMax: 60,
    answer: (call) => each(call, false, cancelledPart),
  },
  {
    method: 'POST',
    path: '/api/v5/trade/cancel-batch-orders',
    access: 'signed',
    operation: 'cancel',
    callsMax: 300,
    answer: (call) => each(call, true, cancelledPart),
  },
  { method: 'GET', path: '/api/v5/trade/order', access: 'signed', callsMax: 60, answer: readOrder },
  {
    method: 'GET',
    path: '/api/v5/trade/orders-pending',
    access: 'signed',
    callsMax: 60,
    answer: (call) => listOrders(call, true),
  },
  { ...history, path: '/api/v5/trade/orders-history' },
  { ...history, path: '/api/v5/trade/orders-history-archive' },
  { ...fills, path: '/api/v5/trade/fills' },
  { ...fills, path: '/api/v5/trade/fills-history' },
]
