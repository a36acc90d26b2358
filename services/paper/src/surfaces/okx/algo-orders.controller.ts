/**
 * The algo order endpoints of OKX: stops, targets and trailing stops, which wait in a book of their own.
 * Called by the ProtocolServer. Must never show an algo order as an ordinary one before it was triggered.
 */
import { err, ok } from '@tradewire/kernel/result'
import { isConditional, isFinal, newestOf, type Order } from '#domain/order'
import { cancelOrder } from '#domain/place-order'
import { leverageOf } from '#domain/state'
import { isVisible } from '../binance/placement.map.ts'
import type { ProtocolEndpoint, SignedCall } from '../protocol/protocol.controller.ts'
import { emptyParameter, envelope, type Fields, noSuchOrder, nothingToCancel, textOf } from './okx.wire.ts'
import { algoRequestOf } from './order-request.map.ts'
import { algoView } from './order.map.ts'
import { type Answer, asked, each, make, marketOfOrder, newestFirst, queryOf, succeeded } from './orders.controller.ts'

const callsMax = 20

export function algoViewOf(call: SignedCall, order: Order) {
  const { instrument } = marketOfOrder(call, order)
  return algoView(order, instrument, instrument.kind === 'spot' ? null : leverageOf(call.account, order.symbol))
}

function placedPart(call: SignedCall, fields: Fields) {
  const made = make(call, fields, algoRequestOf)
  const clOrdId = textOf(fields, 'clOrdId') ?? ''
  const base = { clOrdId, tag: textOf(fields, 'tag') ?? '' }
  if ('order' in made) {
    return { ...base, algoId: String(made.order.id), algoClOrdId: made.order.clientOrderId, ...succeeded }
  }
  return { ...base, algoId: '', algoClOrdId: textOf(fields, 'algoClOrdId') ?? '', ...made.refused }
}

function findAlgo(call: SignedCall, read: (name: string) => string | undefined): Order | undefined {
  const id = read('algoId')
  const clientId = read('algoClOrdId')
  const algo = (order: Order) => isConditional(order.type)
  const found =
    id === undefined
      ? newestOf(call.account.byClientOrderId.get(clientId ?? '') ?? [], algo)
      : call.venue.state.orders.get(Number(id))
  const mine = found !== undefined && found.accountId === call.account.id && algo(found) && isVisible(found, call.now)
  return mine && (id === undefined || found.id === Number(id)) ? found : undefined
}

function cancelledPart(call: SignedCall, fields: Fields) {
  const order = findAlgo(call, (name) => textOf(fields, name))
  const base = { algoId: textOf(fields, 'algoId') ?? '', algoClOrdId: textOf(fields, 'algoClOrdId') ?? '' }
  if (order === undefined || order.triggeredId !== null || isFinal(order.status)) return { ...base, ...nothingToCancel }
  call.venue.execute((session) => cancelOrder(session, call.account, order))
  return { ...base, algoId: String(order.id), algoClOrdId: order.clientOrderId, ...succeeded }
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
    const waits = order.status === 'waiting'
    return waits === pending && kind.split(',').includes(algoViewOf(call, order).ordType)
  })
  return ok(envelope(newestFirst(call, orders, ({ id }) => id).map((order) => algoViewOf(call, order))))
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
