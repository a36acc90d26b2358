/**
 * What an order must satisfy before it is accepted: the venue's filters, sides of triggers, duplicates, counts.
 * Called by place-order only. Must never change state; funds and margin are checked in check-funds.
 */
import type { Side } from '@tradewire/contracts/common'
import { times, type Amount } from '../amount.ts'
import type { Instrument } from '../listing/instruments.ts'
import { hasLimit, inAlgo, isConditional, isFinal, triggersAbove, type OrderType, type TimeInForce } from '../order.ts'
import { inAlgoBook, type Account, type Market } from '../state.ts'

/** What a client asks for; the protocols translate their words into this. */
export interface OrderRequest {
  readonly clientOrderId: string
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Left out for closePosition and for spot market orders by quote amount. */
  readonly quantity?: Amount | undefined
  readonly quoteQuantity?: Amount | undefined
  readonly price?: Amount | undefined
  readonly triggerPrice?: Amount | undefined
  readonly activationPrice?: Amount | undefined
  readonly callbackRate?: Amount | undefined
  readonly reduceOnly?: boolean
  readonly closePosition?: boolean
  /** Fault switch: nothing shows the order before this moment (ms). */
  readonly visibleFrom?: number | undefined
  /** Fault switch: only this share of a taker's quantity is filled at once. */
  readonly fillFraction?: Amount | undefined
  /** Refuse an id that any earlier order of the account has had, not only open ones. */
  readonly uniqueForEver?: boolean
}

export type RefusalCode =
  | 'PRICE_STEP'
  | 'PRICE_RANGE'
  | 'PRICE_PERCENT'
  | 'QUANTITY_STEP'
  | 'QUANTITY_RANGE'
  | 'NOTIONAL'
  | 'TRIGGER_STEP'
  | 'CALLBACK_RATE'
  | 'INCOMPLETE'
  | 'DUPLICATE_CLIENT_ORDER_ID'
  | 'TOO_MANY_ORDERS'
  | 'TOO_MANY_CONDITIONAL_ORDERS'
  | 'WOULD_TRIGGER'
  | 'WOULD_TAKE'
  | 'REDUCE_ONLY'
  | 'INSUFFICIENT_FUNDS'
  | 'LIST_PRICES'

export interface Refusal {
  readonly code: RefusalCode
  readonly detail: string
}

const callbackRateMin: Amount = 10_000_000n
const callbackRateMax: Amount = 1_000_000_000n

function refusal(code: RefusalCode, detail = ''): Refusal {
  return { code, detail }
}

/** Undefined when the order may be accepted as far as the rules of the market go. */
export function checkOrder(account: Account, market: Market, request: OrderRequest): Refusal | undefined {
  return (
    checkComplete(request) ??
    checkPrices(market, request) ??
    checkQuantity(market.instrument, request) ??
    checkNotional(market, request) ??
    checkCounts(account, market.instrument, request) ??
    checkClientOrderId(account, request) ??
    checkSides(market, request)
  )
}

function checkComplete(request: OrderRequest): Refusal | undefined {
  const { type } = request
  if (hasLimit(type) && request.price === undefined) return refusal('INCOMPLETE', 'price')
  if (isConditional(type) && type !== 'trailing-stop-market' && request.triggerPrice === undefined) {
    return refusal('INCOMPLETE', 'triggerPrice')
  }
  if (type === 'trailing-stop-market') {
    const rate = request.callbackRate
    if (rate === undefined) return refusal('INCOMPLETE', 'callbackRate')
    if (rate < callbackRateMin || rate > callbackRateMax) return refusal('CALLBACK_RATE')
  }
  if (request.closePosition === true) {
    const closes = type === 'stop-market' || type === 'take-profit-market'
    return closes && request.quantity === undefined ? undefined : refusal('INCOMPLETE', 'closePosition')
  }
  const byQuote = request.quoteQuantity !== undefined && type === 'market'
  return request.quantity === undefined && !byQuote ? refusal('INCOMPLETE', 'quantity') : undefined
}

function checkPrices(market: Market, request: OrderRequest): Refusal | undefined {
  const { instrument } = market
  for (const price of [request.price, request.triggerPrice, request.activationPrice]) {
    if (price === undefined) continue
    if (price < instrument.priceMinimum || price > instrument.priceMaximum) return refusal('PRICE_RANGE')
    if (price % instrument.priceStep !== 0n) {
      return refusal(price === request.price ? 'PRICE_STEP' : 'TRIGGER_STEP')
    }
  }
  if (request.price === undefined || request.type !== 'limit') return undefined
  const tooHigh = request.side === 'buy' && request.price > times(market.price, instrument.priceFactorUp)
  const tooLow = request.side === 'sell' && request.price < times(market.price, instrument.priceFactorDown)
  return tooHigh || tooLow ? refusal('PRICE_PERCENT', tooHigh ? 'up' : 'down') : undefined
}

function checkQuantity(instrument: Instrument, request: OrderRequest): Refusal | undefined {
  const { quantity } = request
  if (quantity === undefined) return undefined
  const maximum = hasLimit(request.type) ? instrument.quantityMaximum : instrument.marketQuantityMaximum
  if (quantity < instrument.quantityMinimum) return refusal('QUANTITY_RANGE', 'low')
  if (quantity > maximum) return refusal('QUANTITY_RANGE', 'high')
  return quantity % instrument.quantityStep === 0n ? undefined : refusal('QUANTITY_STEP')
}

function checkNotional(market: Market, request: OrderRequest): Refusal | undefined {
  if (request.reduceOnly === true || request.closePosition === true) return undefined
  const price = request.price ?? request.triggerPrice ?? market.price
  const notional = request.quoteQuantity ?? times(request.quantity ?? 0n, price)
  return notional < market.instrument.notionalMinimum ? refusal('NOTIONAL') : undefined
}

function checkCounts(account: Account, instrument: Instrument, request: OrderRequest): Refusal | undefined {
  const conditional = isConditional(request.type)
  if (request.type === 'market') return undefined
  const limit = conditional ? instrument.conditionalOrdersMax : instrument.openOrdersMax
  if (account.open.size < limit) return undefined
  let count = 0
  for (const order of account.open.values()) {
    if (order.symbol === instrument.symbol && (order.status === 'waiting') === conditional) count += 1
  }
  if (count < limit) return undefined
  return refusal(conditional ? 'TOO_MANY_CONDITIONAL_ORDERS' : 'TOO_MANY_ORDERS')
}

/** The trap of these venues: the id is free again once the earlier order is filled. */
function checkClientOrderId(account: Account, request: OrderRequest): Refusal | undefined {
  const known = account.byClientOrderId.get(request.clientOrderId)
  if (known === undefined) return undefined
  if (request.uniqueForEver === true) return refusal('DUPLICATE_CLIENT_ORDER_ID')
  const algo = inAlgo(account.venue, request.type)
  const open = known.some((order) => !isFinal(order.status) && inAlgoBook(account, order) === algo)
  return open ? refusal('DUPLICATE_CLIENT_ORDER_ID') : undefined
}

function checkSides(market: Market, request: OrderRequest): Refusal | undefined {
  const { side, price, triggerPrice } = request
  if (triggerPrice !== undefined && isConditional(request.type)) {
    const above = triggersAbove(request.type, side)
    const reached = above ? market.price >= triggerPrice : market.price <= triggerPrice
    if (reached) return refusal('WOULD_TRIGGER')
  }
  if (request.timeInForce === 'post-only' && request.type === 'limit' && price !== undefined) {
    const takes = side === 'buy' ? price >= market.ask : price <= market.bid
    if (takes) return refusal('WOULD_TAKE')
  }
  return undefined
}
