/**
 * Accepts orders and order lists, cancels them, and executes what can be executed at once.
 * Called by the protocols through the running venue. Must never accept what the checks refuse.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { most, type Amount } from '../amount.ts'
import { lockKeyOf, orderOf } from './apply.ts'
import { checkOrder, type OrderRequest, type Refusal } from './check-order.ts'
import { marginSuffices, spotAffordable, spotCanPay, spotCost } from './check-funds.ts'
import { isSpot } from '../listing/instruments.ts'
import { quantityForQuote } from './levels.ts'
import { canFillWhole, endOthersOfList, reducible, take } from './match.ts'
import { hasLimit, inAlgo, isConditional, isFinal, type Order, type OrderTerms } from '../order.ts'
import type { Desk, Session } from './session.ts'
import type { Account, Market } from '../state.ts'

/** The order as it stands after everything that its acceptance caused. */
export function placeOrder(desk: Desk, request: OrderRequest): Result<Order, Refusal> {
  const { session, account, market } = desk
  const refused = checkOrder(account, market, request)
  if (refused !== undefined) return err(refused)
  const quantity = quantityOf(market, request)
  if (quantity !== null && quantity <= 0n) return err({ code: 'NOTIONAL', detail: '' })
  const unfunded = checkFunds(desk, request, quantity)
  if (unfunded !== undefined) return err(unfunded)
  const lock = lockOf(account, market, request, quantity)
  const order = accept(desk, { request, quantity, lock })
  if (request.type === 'trailing-stop-market' && request.activationPrice === undefined) {
    session.emit({ kind: 'activated', orderId: order.id, price: market.price })
  }
  if (!isConditional(order.type)) execute(desk, order, request.fillFraction)
  return ok(order)
}

function quantityOf(market: Market, request: OrderRequest): Amount | null {
  if (request.quantity !== undefined) return request.quantity
  if (request.quoteQuantity === undefined) return null
  return quantityForQuote(market, request.side, request.quoteQuantity)
}

function checkFunds(desk: Desk, request: OrderRequest, quantity: Amount | null): Refusal | undefined {
  const { session, account, market } = desk
  const insufficient: Refusal = { code: 'INSUFFICIENT_FUNDS', detail: '' }
  if (isSpot(account.venue)) {
    const cost = spotCost(market, request, quantity ?? 0n)
    return spotCanPay(account, market, request.side, cost) ? undefined : insufficient
  }
  // Conditional orders of perpetual venues are checked when they are triggered, not before.
  if (isConditional(request.type)) return undefined
  if (request.reduceOnly === true) {
    const held = account.positions.get(market.instrument.symbol)?.quantity ?? 0n
    const reduces = request.side === 'sell' ? held > 0n : held < 0n
    return reduces ? undefined : { code: 'REDUCE_ONLY', detail: '' }
  }
  return marginSuffices(session, desk, request, quantity ?? 0n) ? undefined : insufficient
}

/** Spot sets aside what an order will pay; a market order pays at once. */
function lockOf(account: Account, market: Market, request: OrderRequest, quantity: Amount | null): Amount {
  if (!isSpot(account.venue) || request.type === 'market') return 0n
  return spotCost(market, request, quantity ?? 0n)
}

interface Acceptance {
  readonly request: OrderRequest
  readonly quantity: Amount | null
  readonly lock: Amount
  readonly list?: { readonly id: number; readonly clientOrderId: string }
  readonly forced?: boolean
}

export function accept({ session, account, market }: Desk, acceptance: Acceptance): Order {
  const { request } = acceptance
  const terms: OrderTerms = {
    id: session.nextId(),
    accountId: account.id,
    clientOrderId: request.clientOrderId,
    symbol: market.instrument.symbol,
    side: request.side,
    type: request.type,
    timeInForce: request.timeInForce,
    quantity: acceptance.quantity,
    quoteQuantity: request.quoteQuantity ?? null,
    price: hasLimit(request.type) ? (request.price ?? null) : null,
    triggerPrice: request.triggerPrice ?? null,
    activationPrice: request.activationPrice ?? null,
    callbackRate: request.callbackRate ?? null,
    reduceOnly: request.reduceOnly ?? false,
    closePosition: request.closePosition ?? false,
    listId: acceptance.list?.id ?? null,
    listClientOrderId: acceptance.list?.clientOrderId ?? null,
    forced: acceptance.forced ?? false,
    lock: acceptance.lock,
    acceptedAt: session.now,
    visibleFrom: request.visibleFrom ?? 0,
  }
  session.emit({ kind: 'accepted', order: terms })
  return orderOf(session.state, terms.id)
}

/** Matches an order that just came into the book, then deals with its rest as its time in force says. */
export function execute(desk: Desk, order: Order, fraction?: Amount): void {
  const { session, market } = desk
  if (order.timeInForce === 'fok' && (fraction !== undefined || !canFillWhole(market, order))) {
    return session.end(order, 'expired', 'Fill or kill')
  }
  if (order.timeInForce !== 'post-only') take(desk, order, fraction)
  if (isFinal(order.status)) return
  if (!hasLimit(order.type)) return session.end(order, 'expired', 'No more liquidity')
  if (order.timeInForce === 'ioc') return session.end(order, 'expired', 'Immediate or cancel')
}

/** A conditional order whose trigger the market has reached becomes an ordinary one; funds are checked only now. */
export function trigger(desk: Desk, order: Order): void {
  const { session, account, market } = desk
  const quantity = triggeredQuantity(account, market, order)
  if (quantity <= 0n) {
    const reason = order.reduceOnly || order.closePosition ? 'Reduce Only reject' : 'Insufficient balance'
    return session.end(order, order.closePosition ? 'expired' : 'rejected', reason)
  }
  if (!isSpot(account.venue) && !order.reduceOnly && !order.closePosition) {
    const terms = { side: order.side, type: order.type, price: order.price ?? undefined }
    if (!marginSuffices(session, desk, terms, quantity)) {
      return session.end(order, 'rejected', 'Margin is insufficient')
    }
  }
  session.emit({
    kind: 'triggered',
    orderId: order.id,
    triggeredId: inAlgo(account.venue, order.type) ? session.nextId() : order.id,
    quantity,
    at: session.now,
  })
  if (order.listId !== null) endOthersOfList(session, account, order)
  execute(desk, order)
}

function triggeredQuantity(account: Account, market: Market, order: Order): Amount {
  if (order.closePosition) return reducible(account, order)
  const quantity = order.quantity ?? 0n
  if (isSpot(account.venue)) {
    if (hasLimit(order.type)) return quantity
    return spotAffordable(account, market, order, account.locks.get(lockKeyOf(order))?.amount ?? 0n)
  }
  return order.reduceOnly && reducible(account, order) === 0n ? 0n : quantity
}

/** Cancelling one order of a list cancels the list. */
export function cancelOrder(session: Session, account: Account, order: Order): void {
  session.end(order, 'cancelled', null)
  if (order.listId === null) return
  for (const other of account.open.values()) {
    if (other.listId === order.listId) session.end(other, 'cancelled', null)
  }
}

export interface OrderListRequest {
  readonly clientOrderId: string
  readonly above: OrderRequest
  readonly below: OrderRequest
}

/** One cancels the other: two orders of one side and quantity around the market, paid out of one lock. Spot only. */
export function placeOrderList(desk: Desk, request: OrderListRequest): Result<readonly [Order, Order], Refusal> {
  const { session, account, market } = desk
  const { above, below } = request
  const sidesMatch = above.side === below.side && above.quantity === below.quantity
  const highPrice = above.triggerPrice ?? above.price ?? 0n
  const lowPrice = below.triggerPrice ?? below.price ?? 0n
  if (!sidesMatch || highPrice <= market.price || lowPrice >= market.price) {
    return err({ code: 'LIST_PRICES', detail: '' })
  }
  for (const leg of [above, below]) {
    const refused = checkOrder(account, market, leg)
    if (refused !== undefined) return err(refused)
  }
  const quantity = above.quantity ?? 0n
  const lock = most(spotCost(market, above, quantity), spotCost(market, below, quantity))
  if (!spotCanPay(account, market, above.side, lock)) return err({ code: 'INSUFFICIENT_FUNDS', detail: '' })
  const list = { id: session.nextId(), clientOrderId: request.clientOrderId }
  const first = accept(desk, { request: below, quantity, lock, list })
  const second = accept(desk, { request: above, quantity, lock: 0n, list })
  return ok([first, second])
}
