/**
 * An order as the engine knows it, and the words for its kinds and states.
 * Called by the whole domain. Must never be changed but by the fold in apply.ts.
 */
import type { PaperOrderStatus, PaperOrderType } from '@tradewire/contracts/paper/control'
import type { Side, Venue } from '@tradewire/contracts/common'
import type { Amount } from './amount.ts'
import type { DealTerms, FilledDeal } from './cfd/deal-terms.ts'

export type OrderType = PaperOrderType
export type OrderStatus = PaperOrderStatus
export type TimeInForce = 'gtc' | 'ioc' | 'fok' | 'post-only'

/** What is fixed when the order is accepted. */
export interface OrderTerms {
  readonly id: number
  readonly accountId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Null until a closePosition order is triggered. */
  readonly quantity: Amount | null
  /** Spot market orders by amount of the quote currency. */
  readonly quoteQuantity: Amount | null
  readonly price: Amount | null
  readonly triggerPrice: Amount | null
  readonly activationPrice: Amount | null
  /** In percent. */
  readonly callbackRate: Amount | null
  readonly reduceOnly: boolean
  readonly closePosition: boolean
  /** The order list (one cancels the other) that it belongs to. */
  readonly listId: number | null
  readonly listClientOrderId: string | null
  /** Made by the venue itself: a liquidation. */
  readonly forced: boolean
  /** Spot: how much of the asset to be paid is set aside. For a list, on its first order only. */
  readonly lock: Amount
  readonly acceptedAt: number
  /** Fault switch: nothing shows the order before this moment (ms). */
  readonly visibleFrom: number
  /** Only on contract accounts. */
  readonly deal?: DealTerms
}

export interface Order extends Omit<OrderTerms, 'quantity' | 'price' | 'triggerPrice' | 'deal'> {
  quantity: Amount | null
  price: Amount | null
  triggerPrice: Amount | null
  deal?: DealTerms
  status: OrderStatus
  filled: Amount
  filledQuote: Amount
  fee: Amount
  feeCurrency: string | null
  realizedPnl: Amount
  triggeredId: number | null
  triggeredAt: number | null
  /** Trailing stops: true once trailing. */
  activated: boolean
  reason: string | null
  updatedAt: number
}

export interface Fill {
  readonly tradeId: number
  readonly order: Order
  readonly price: Amount
  readonly quantity: Amount
  readonly fee: Amount
  readonly feeCurrency: string
  readonly realizedPnl: Amount
  readonly maker: boolean
  readonly at: number
  /** Contract accounts: the position that it opened, added to or closed. */
  readonly deal?: FilledDeal
}

export function isFinal(status: OrderStatus): boolean {
  return status === 'filled' || status === 'cancelled' || status === 'expired' || status === 'rejected'
}

/** In the book: can be filled by a price. */
export function isResting(order: Order): boolean {
  return order.status === 'open' || order.status === 'partially-filled'
}

export function isConditional(type: OrderType): boolean {
  return type !== 'market' && type !== 'limit'
}

const oneBookVenues: ReadonlySet<Venue> = new Set(['binance-spot', 'cex', 'coinbase', 'tokocrypto'])

/** Waits in a book of its own (algo orders) at venues that have one; the others keep all orders together. */
export function inAlgo(venue: Venue, type: OrderType): boolean {
  return !oneBookVenues.has(venue) && isConditional(type)
}

/** Executes at a limit price once in the book. */
export function hasLimit(type: OrderType): boolean {
  return type === 'limit' || type === 'stop-limit' || type === 'take-profit-limit'
}

export function remainingOf(order: Order): Amount {
  return (order.quantity ?? 0n) - order.filled
}

/** True when the trigger stands above the market: a rising price reaches it. */
export function triggersAbove(type: OrderType, side: Side): boolean {
  const takesProfit = type === 'take-profit-market' || type === 'take-profit-limit'
  return takesProfit === (side === 'sell')
}

/** The id in the ordinary order book; a waiting algo order has none. */
export function bookIdOf(order: Order): number {
  return order.triggeredId ?? order.id
}

/** Ordinary orders, and conditional ones once triggered. */
export function inOrderBook(order: Order): boolean {
  return !isConditional(order.type) || order.triggeredId !== null
}

/** The newest of the orders that had one client order id; an open one comes before any that ended. */
export function newestOf(orders: readonly Order[], matches: (order: Order) => boolean): Order | undefined {
  return orders.findLast((order) => matches(order) && !isFinal(order.status)) ?? orders.findLast(matches)
}

/** Volume-weighted price of the fills; null before the first. */
export function averagePriceOf(order: Order): Amount | null {
  return order.filled === 0n ? null : (order.filledQuote * 100_000_000n) / order.filled
}
