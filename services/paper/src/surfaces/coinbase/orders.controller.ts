/**
 * The order and account endpoints of Coinbase Advanced Trade. Called by the ProtocolServer.
 * Must never place a second order for a client order id: the venue answers with the first one.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { formatAmount } from '#domain/amount'
import { isFinal, type Order } from '#domain/order'
import { cancelOrder, placeOrder, placeOrderList } from '#domain/engine/place-order'
import { listedAs, marketOf, marketsOf, type Market } from '#domain/state'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import { fieldsOf } from '../protocol/json-body.wire.ts'
import type { ProtocolEndpoint, Refused, SignedCall } from '../protocol/protocol.controller.ts'
import { coinbaseError, coinbaseVenue, failureOf, idOf, idText, notFound, unknownProduct } from './coinbase.wire.ts'
import { accountViews, bracketOf, clientIdOf, fillView, idOfOrder, orderView } from './order.map.ts'
import { placementOf, type Placement, previewOf } from './order-request.map.ts'

type Answer = Result<unknown, Refused>

const okHttp = 200
const pageDefault = 100
const pageMax = 250
const unreadable = coinbaseError('INVALID_ARGUMENT', 'the body cannot be read')

export function marketOfOrder(call: Pick<SignedCall, 'venue'>, order: Order): Market {
  const market = marketOf(call.venue.state, coinbaseVenue, order.symbol)
  if (market === undefined) throw new Error(`an order of an unknown symbol ${order.symbol}`)
  return market
}

function viewOf(call: SignedCall, order: Order) {
  return orderView(call.account, order, marketOfOrder(call, order).instrument)
}

function place(call: SignedCall): Answer {
  const body = fieldsOf(call.raw.body)
  if (body === undefined) return err(unreadable)
  const market = listedAs(
    call.venue.state,
    coinbaseVenue,
    typeof body['product_id'] === 'string' ? body['product_id'] : '',
  )
  if (market === undefined) return err(unknownProduct)
  const configuration = body['order_configuration']
  const placement = placementOf(body)
  if (!placement.ok) return refused('UNKNOWN_FAILURE_REASON', placement.error, configuration)
  const known = call.account.orders.find((order) => clientIdOf(order) === body['client_order_id'])
  const placed = known === undefined ? execute(call, market, placement.value) : ok(known)
  if (!placed.ok) {
    const { error, preview } = previewOf(placed.error)
    return refused(error, preview, configuration)
  }
  const { side, client_order_id } = viewOf(call, placed.value)
  const success = {
    order_id: idText(idOfOrder(placed.value)),
    product_id: market.instrument.venueSymbol,
    side,
    client_order_id,
    attached_order_id: '',
  }
  return ok({ success: true, success_response: success, order_configuration: configuration })
}

function refused(error: string, preview: string, configuration: unknown): Answer {
  return err({ status: okHttp, body: failureOf(error, preview, configuration) })
}

function execute(call: SignedCall, market: Market, placement: Placement): ReturnType<typeof placeOrder> {
  const desk = { account: call.account, market }
  const underway = (request: Parameters<typeof underFaults>[2]) =>
    underFaults(call.faults, call.account, request, call.now)
  return call.venue.execute((session) => {
    if ('one' in placement) return placeOrder({ session, ...desk }, underway(placement.one))
    const { clientOrderId, above, below } = placement.pair
    const list = placeOrderList({ session, ...desk }, { clientOrderId, above: underway(above), below: underway(below) })
    return list.ok ? ok(list.value[0]) : list
  })
}

/** Of two halves of a bracket the first stands for both. */
function ordersOf(call: SignedCall): Order[] {
  return call.account.orders.filter(
    (order) =>
      isVisible(order, call.now) && (order.listId === null || bracketOf(call.account, order)?.target === order),
  )
}

function findOrder(call: SignedCall, id: string): Order | undefined {
  return ordersOf(call).find((order) => idOfOrder(order) === idOf(id))
}

function cancelBatch(call: SignedCall): Answer {
  const ids = fieldsOf(call.raw.body)?.['order_ids']
  if (!Array.isArray(ids) || ids.length === 0) return err(unreadable)
  const results = ids.map((each) => {
    const order_id = String(each)
    const order = findOrder(call, order_id)
    const open = order !== undefined && viewOf(call, order).status === 'OPEN'
    if (open) call.venue.execute((session) => cancelOrder(session, call.account, order))
    return { success: open, failure_reason: open ? 'UNKNOWN_CANCEL_FAILURE_REASON' : 'UNKNOWN_CANCEL_ORDER', order_id }
  })
  return ok({ results })
}

function readOrder(call: SignedCall): Answer {
  const order = findOrder(call, call.raw.path.split('/').at(-1) ?? '')
  return order === undefined ? err(notFound) : ok({ order: viewOf(call, order) })
}

/** A page from the place that the cursor names; the cursor of the last one is empty. */
function pageOf<Item>(query: URLSearchParams, items: readonly Item[]): { page: Item[]; cursor: string } {
  const from = Number(query.get('cursor') ?? 0) || 0
  const limit = Math.min(Number(query.get('limit') ?? pageDefault) || pageDefault, pageMax)
  const to = from + limit
  return { page: items.slice(from, to), cursor: to < items.length ? String(to) : '' }
}

function listOrders(call: SignedCall): Answer {
  const query = new URLSearchParams(call.raw.query)
  const products = query.getAll('product_ids')
  const statuses = query.getAll('order_status')
  const newestFirst = ordersOf(call)
    .toReversed()
    .filter((order) => statuses.length === 0 || !isFinal(order.status) || !statuses.includes('OPEN'))
    .map((order) => viewOf(call, order))
    .filter(
      ({ product_id, status }) =>
        (products.length === 0 || products.includes(product_id)) &&
        (statuses.length === 0 || statuses.includes(status)),
    )
  const { page, cursor } = pageOf(query, newestFirst)
  return ok({ orders: page, sequence: '0', has_next: cursor !== '', cursor })
}

function listFills(call: SignedCall): Answer {
  const query = new URLSearchParams(call.raw.query)
  const [products, orders] = [query.getAll('product_ids'), query.getAll('order_ids')]
  const since = Date.parse(query.get('start_sequence_timestamp') ?? '') || 0
  const views = call.account.fills
    .filter(({ order, at }) => at >= since && isVisible(order, call.now))
    .toReversed()
    .map((fill) => fillView(call.account, fill, marketOfOrder(call, fill.order).instrument))
    .filter(
      ({ product_id, order_id }) =>
        (products.length === 0 || products.includes(product_id)) && (orders.length === 0 || orders.includes(order_id)),
    )
  const { page, cursor } = pageOf(query, views)
  return ok({ fills: page, cursor })
}

function listAccounts(call: SignedCall): Answer {
  const { page, cursor } = pageOf(new URLSearchParams(call.raw.query), accountViews(call.account))
  return ok({ accounts: page, has_next: cursor !== '', cursor, size: page.length })
}

function permissions({ account }: SignedCall): Answer {
  const can_transfer = account.keyRules.mayWithdraw
  return ok({ can_view: true, can_trade: true, can_transfer, portfolio_uuid: '', portfolio_type: 'DEFAULT' })
}

/** The rates of the first market stand for all. */
function transactionSummary(call: SignedCall): Answer {
  const settings = marketsOf(call.venue.state, coinbaseVenue)[0]?.settings
  const fee_tier = {
    pricing_tier: 'Advanced 1',
    usd_from: '0',
    usd_to: '10000',
    taker_fee_rate: formatAmount(settings?.takerFeeRate ?? 0n),
    maker_fee_rate: formatAmount(settings?.makerFeeRate ?? 0n),
  }
  return ok({ total_volume: 0, total_fees: 0, fee_tier, margin_rate: null, goods_and_services_tax: null })
}

/** The venue allows thirty private calls in a second. */
const callsMax = 30
const read = { method: 'GET', access: 'signed', callsMax } as const
const write = { method: 'POST', access: 'signed', callsMax } as const

export const orderEndpoints: readonly ProtocolEndpoint[] = [
  { ...write, path: '/api/v3/brokerage/orders', operation: 'place', answer: place },
  { ...write, path: '/api/v3/brokerage/orders/batch_cancel', operation: 'cancel', answer: cancelBatch },
  { ...read, path: '/api/v3/brokerage/orders/historical/batch', answer: listOrders },
  { ...read, path: '/api/v3/brokerage/orders/historical/fills', answer: listFills },
  { ...read, path: '/api/v3/brokerage/orders/historical/:order', answer: readOrder },
  { ...read, path: '/api/v3/brokerage/accounts', answer: listAccounts },
  { ...read, path: '/api/v3/brokerage/transaction_summary', answer: transactionSummary },
  { ...read, path: '/api/v3/brokerage/key_permissions', answer: permissions },
]
