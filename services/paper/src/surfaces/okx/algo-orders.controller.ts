/**
 * The algo order endpoints of OKX: stops, targets and trailing stops, which wait in a book of their own.
 * Called by the ProtocolServer. Must never show an algo order as an ordinary one before it was triggered.
 */
import { err, ok } from '@tradewire/kernel/result'
import { isConditional, isFinal, newestOf, type Order } from '#domain/order'
import type { OrderRequest } from '#domain/engine/check-order'
import { cancelOrder, placeOrderList } from '#domain/engine/place-order'
import { leverageOf, listedAs } from '#domain/state'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import type { ProtocolEndpoint, SignedCall } from '../protocol/protocol.controller.ts'
import { emptyParameter, envelope, type Fields, noSuchOrder, nothingToCancel, textOf } from './okx.wire.ts'
import { algoRequestOf, pairRequestOf } from './order-request.map.ts'
import { algoClientIdOf, algoIdOf, algoView, otherHalfOf } from './order.map.ts'
import {
  type Answer,
  asked,
  each,
  make,
  marketOfOrder,
  newestFirst,
  queryOf,
  succeeded,
  type Made,
  unknownInstrument,
} from './orders.controller.ts'
import { refusalOf } from './refusals.map.ts'

const callsMax = 20

function algoViewOf(call: SignedCall, order: Order) {
  const { instrument } = marketOfOrder(call, order)
  const leverage = instrument.kind === 'spot' ? null : leverageOf(call.account, order.symbol)
  return algoView(order, instrument, { leverage, otherHalf: otherHalfOf(call.account, order) })
}

/** A stop and a target of coins are a list of the engine, and one algo order to the client. */
function makePair(call: SignedCall, fields: Fields): Made {
  const market = listedAs(call.venue.state, call.account.venue, textOf(fields, 'instId') ?? '')
  if (market === undefined) return { refused: unknownInstrument }
  const request = pairRequestOf(fields, market, () => `O${String(call.venue.state.nextId)}`)
  if (!request.ok) return { refused: request.error }
  const { above, below, clientOrderId } = request.value
  const underway = (leg: OrderRequest) => underFaults(call.faults, call.account, leg, call.now)
  const placed = call.venue.execute((session) =>
    placeOrderList(
      { session, account: call.account, market },
      { clientOrderId, above: underway(above), below: underway(below) },
    ),
  )
  if (placed.ok) return { order: placed.value[0] }
  return { refused: refusalOf(placed.error, below, market.instrument.quote) }
}

function placedPart(call: SignedCall, fields: Fields) {
  const pair = textOf(fields, 'ordType') === 'oco'
  const made = pair ? makePair(call, fields) : make(call, fields, algoRequestOf)
  const clOrdId = textOf(fields, 'clOrdId') ?? ''
  const base = { clOrdId, tag: textOf(fields, 'tag') ?? '' }
  if ('order' in made) {
    return { ...base, algoId: String(algoIdOf(made.order)), algoClOrdId: algoClientIdOf(made.order), ...succeeded }
  }
  return { ...base, algoId: '', algoClOrdId: textOf(fields, 'algoClOrdId') ?? '', ...made.refused }
}

function findAlgo(call: SignedCall, read: (name: string) => string | undefined): Order | undefined {
  const id = read('algoId')
  const clientId = read('algoClOrdId')
  const algo = (order: Order) => isConditional(order.type)
  const named = (name: string) => newestOf(call.account.byClientOrderId.get(name) ?? [], algo)
  const found =
    id === undefined
      ? (named(clientId ?? '') ?? named(`${clientId ?? ''}-stop`))
      : call.account.orders.findLast((order) => algo(order) && algoIdOf(order) === Number(id))
  const mine = found !== undefined && found.accountId === call.account.id && algo(found) && isVisible(found, call.now)
  return mine ? found : undefined
}

function cancelledPart(call: SignedCall, fields: Fields) {
  const order = findAlgo(call, (name) => textOf(fields, name))
  const base = { algoId: textOf(fields, 'algoId') ?? '', algoClOrdId: textOf(fields, 'algoClOrdId') ?? '' }
  if (order === undefined || order.triggeredId !== null || isFinal(order.status)) return { ...base, ...nothingToCancel }
  call.venue.execute((session) => cancelOrder(session, call.account, order))
  return { ...base, algoId: String(algoIdOf(order)), algoClOrdId: algoClientIdOf(order), ...succeeded }
}

function readAlgo(call: SignedCall): Answer {
  const read = queryOf(call)
  if (read('algoId') === undefined && read('algoClOrdId') === undefined) return err(emptyParameter('algoId'))
  const order = findAlgo(call, read)
  return order === undefined ? err(noSuchOrder) : ok(envelope([algoViewOf(call, order)]))
}

/** The venue lists one kind at a time. */
function listAlgos(call: SignedCall, pending: boolean): Answer {
  const kind = queryOf(call)('ordType')
  if (kind === undefined) return err(emptyParameter('ordType'))
  const source = pending ? [...call.account.open.values()] : call.account.orders
  const orders = source.filter((order) => {
    if (!isConditional(order.type) || !asked(call, order)) return false
    const other = otherHalfOf(call.account, order)
    if (other !== undefined && other.id < order.id) return false
    const waits = order.status === 'waiting'
    return waits === pending && kind.split(',').includes(algoViewOf(call, order).ordType)
  })
  return ok(envelope(newestFirst(call, orders, algoIdOf).map((order) => algoViewOf(call, order))))
}

export const algoEndpoints: readonly ProtocolEndpoint[] = [
  {
    method: 'POST',
    path: '/api/v5/trade/order-algo',
    access: 'signed',
    operation: 'place',
    callsMax,
    answer: (call) => each(call, false, placedPart),
  },
  {
    method: 'POST',
    path: '/api/v5/trade/cancel-algos',
    access: 'signed',
    operation: 'cancel',
    callsMax,
    answer: (call) => each(call, true, cancelledPart),
  },
  { method: 'GET', path: '/api/v5/trade/order-algo', access: 'signed', callsMax, answer: readAlgo },
  {
    method: 'GET',
    path: '/api/v5/trade/orders-algo-pending',
    access: 'signed',
    callsMax,
    answer: (call) => listAlgos(call, true),
  },
  {
    method: 'GET',
    path: '/api/v5/trade/orders-algo-history',
    access: 'signed',
    callsMax,
    answer: (call) => listAlgos(call, false),
  },
]
