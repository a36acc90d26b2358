/**
 * The private endpoints of CEX.IO: orders and balances of one sub-account. Called by the ProtocolServer.
 * Must never show an ended order among the open ones: those are asked for as archived, from a time on.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { subAccount } from '#domain/accounts/account-keys'
import { formatAmount } from '#domain/amount'
import { isFinal, type Order } from '#domain/order'
import { cancelOrder, placeOrder } from '#domain/engine/place-order'
import { listedAs, marketsOf } from '#domain/state'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import { type Fields, fieldsOf } from '../protocol/json-body.wire.ts'
import type { ProtocolEndpoint, Refused, SignedCall } from '../protocol/protocol.controller.ts'
import {
  bodyUnreadable,
  cexVenue,
  checkFailed,
  envelope,
  orderNotFound,
  pairUnknown,
  subAccountRefusal,
} from './cex.wire.ts'
import { balanceViews, executionReport, orderView, rejectedReport } from './order.map.ts'
import { bothAmounts, orderRequestOf, rejectionOf } from './order-request.map.ts'

type Answer = Result<unknown, Refused>

const pageDefault = 100
const pageMax = 1_000
const archiveDays = 365
const dayMs = 86_400_000

/** An endpoint that reads its JSON body first. */
function withBody(answer: (call: SignedCall, body: Fields) => Answer) {
  return (call: SignedCall): Answer => {
    const body = fieldsOf(call.raw.body)
    return body === undefined ? err(bodyUnreadable) : answer(call, body)
  }
}

function place(call: SignedCall, body: Fields): Answer {
  const refused = subAccountRefusal(body['accountId'])
  if (refused !== undefined) return err(refused)
  const market = listedAs(call.venue.state, cexVenue, `${String(body['currency1'])}-${String(body['currency2'])}`)
  if (market === undefined) return err(pairUnknown)
  const request = orderRequestOf(body, () => `auto-${String(call.venue.state.nextId)}`)
  if (!request.ok) return request
  const { quantity, quoteQuantity } = request.value
  const rejected = (rejection: typeof bothAmounts) =>
    ok(envelope(rejectedReport(call.account, market, request.value, rejection)))
  if ((quantity === undefined) === (quoteQuantity === undefined)) return rejected(bothAmounts)
  const asked = underFaults(call.faults, call.account, request.value, call.now)
  const placed = call.venue.execute((session) => placeOrder({ session, account: call.account, market }, asked))
  if (!placed.ok) return rejected(rejectionOf(placed.error))
  const order = placed.value
  const fill = call.account.fills.findLast((each) => each.order === order)
  return ok(envelope(executionReport(call.account, order, fill === undefined ? 'New' : 'Trade', fill)))
}

function visibleOrders(call: SignedCall): Order[] {
  return call.account.orders.filter((order) => isVisible(order, call.now))
}

function cancel(call: SignedCall, body: Fields): Answer {
  const { orderId, clientOrderId, cancelRequestId, timestamp } = body
  if (typeof cancelRequestId !== 'string' || cancelRequestId === '') return err(checkFailed('cancelRequestId'))
  if (typeof timestamp !== 'number') return err(checkFailed('timestamp'))
  if (orderId !== undefined && typeof orderId !== 'number') return err(checkFailed('orderId'))
  const order = visibleOrders(call).findLast((each) =>
    orderId === undefined ? each.clientOrderId === clientOrderId : each.id === orderId,
  )
  if (order === undefined || isFinal(order.status)) return err(orderNotFound)
  call.venue.execute((session) => cancelOrder(session, call.account, order))
  return ok(envelope({}))
}

function cancelAll(call: SignedCall): Answer {
  const open = [...call.account.open.values()]
  for (const order of open) call.venue.execute((session) => cancelOrder(session, call.account, order))
  return ok(envelope({ clientOrderIds: open.map(({ clientOrderId }) => clientOrderId) }))
}

interface Page {
  readonly from: number
  readonly size: number
}

function pageOf(body: Fields): Page | null {
  const number = (name: string, otherwise: number) => (body[name] === undefined ? otherwise : body[name])
  const [size, page] = [number('pageSize', pageDefault), number('pageNumber', 0)]
  if (!Number.isInteger(size) || !Number.isInteger(page)) return null
  const [rows, pages] = [size as number, page as number]
  return rows < 1 || rows > pageMax || pages < 0 ? null : { from: rows * pages, size: rows }
}

/** Newest first. */
function listOrders(call: SignedCall, body: Fields): Answer {
  const { archived, pair, orderId, clientOrderId, serverCreateTimestampFrom: from, serverCreateTimestampTo: to } = body
  const page = pageOf(body)
  if (page === null) return err(checkFailed('pageSize'))
  if (orderId !== undefined && typeof orderId !== 'number') return err(checkFailed('orderId'))
  if (archived !== undefined && typeof archived !== 'boolean') return err(checkFailed('archived'))
  const market = typeof pair === 'string' ? listedAs(call.venue.state, cexVenue, pair) : null
  if (market === undefined) return err(pairUnknown)
  const oldest = call.now - archiveDays * dayMs
  if (archived === true && (typeof from !== 'number' || from < oldest))
    return err(checkFailed('serverCreateTimestampFrom'))
  const listed = visibleOrders(call).filter(
    (order) =>
      isFinal(order.status) === (archived === true) &&
      (market === null || order.symbol === market.instrument.symbol) &&
      (orderId === undefined || order.id === orderId) &&
      (clientOrderId === undefined || order.clientOrderId === clientOrderId) &&
      order.acceptedAt >= Number(from ?? 0) &&
      order.acceptedAt <= Number(to ?? Number.MAX_SAFE_INTEGER),
  )
  const rows = listed.toReversed().slice(page.from, page.from + page.size)
  return ok(envelope(rows.map((order) => orderView(call.account, order))))
}

function accountStatus(call: SignedCall, body: Fields): Answer {
  const { accountIds } = body
  if (accountIds !== undefined && !Array.isArray(accountIds)) return err(checkFailed('accountIds'))
  const wanted = accountIds === undefined || accountIds.length === 0 || accountIds.includes(subAccount)
  const balancesPerAccounts = wanted ? { [subAccount]: balanceViews(call.account) } : {}
  return ok(envelope({ convertedCurrency: 'USD', balancesPerAccounts }))
}

/** The wallet is apart from the accounts that trade, and empty here. */
function walletBalance(): Answer {
  return ok(envelope({}))
}

const percentPerUnit = 100n

function currentFee(call: SignedCall): Answer {
  const markets = marketsOf(call.venue.state, cexVenue)
  const tradingFee = Object.fromEntries(
    markets.map(({ instrument, settings }) => [
      instrument.venueSymbol,
      { percent: formatAmount(settings.takerFeeRate * percentPerUnit) },
    ]),
  )
  return ok(envelope({ tradingFee }))
}

/** The venue gives two hundred points in a minute; the dearer calls cost five. */
const pointsMax = 200
const dear = 5
const cheapCall = { method: 'POST', access: 'signed', callsMax: pointsMax } as const
const dearCall = { method: 'POST', access: 'signed', callsMax: pointsMax / dear } as const
const base = '/api/spot/rest'

export const orderEndpoints: readonly ProtocolEndpoint[] = [
  { ...cheapCall, path: `${base}/do_my_new_order`, operation: 'place', answer: withBody(place) },
  { ...cheapCall, path: `${base}/do_cancel_my_order`, operation: 'cancel', answer: withBody(cancel) },
  { ...dearCall, path: `${base}/do_cancel_all_orders`, operation: 'cancel', answer: cancelAll },
  { ...dearCall, path: `${base}/get_my_orders`, answer: withBody(listOrders) },
  { ...dearCall, path: `${base}/get_my_account_status_v3`, answer: withBody(accountStatus) },
  { ...dearCall, path: `${base}/get_my_wallet_balance`, answer: walletBalance },
  { ...dearCall, path: `${base}/get_my_current_fee`, answer: currentFee },
]
