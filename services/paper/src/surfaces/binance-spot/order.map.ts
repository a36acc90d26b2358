/**
 * Orders, order lists and trades of the books in the words of Binance spot.
 * Called by the endpoints and the user stream. Must never invent a state: every word stands for one of ours.
 */
import { formatFixed, times, type Amount } from '#domain/amount'
import { isConditional, isFinal, type Fill, type Order } from '#domain/order'
import { sideWord, statusWord } from '../binance/order-words.map.ts'

const decimals = 8
export const text = (value: Amount | null) => formatFixed(value ?? 0n, decimals)

const typeWords = {
  market: 'MARKET',
  limit: 'LIMIT',
  'stop-market': 'STOP_LOSS',
  'stop-limit': 'STOP_LOSS_LIMIT',
  'take-profit-market': 'TAKE_PROFIT',
  'take-profit-limit': 'TAKE_PROFIT_LIMIT',
  'trailing-stop-market': 'STOP_LOSS',
} as const satisfies Record<Order['type'], string>

const timeInForceWords = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK', 'post-only': 'GTC' } as const

export function typeWord(order: Order): string {
  return order.type === 'limit' && order.timeInForce === 'post-only' ? 'LIMIT_MAKER' : typeWords[order.type]
}

export function timeInForceWord(order: Order): string {
  return timeInForceWords[order.timeInForce]
}

export function symbolOf(order: Order): string {
  return order.symbol.replace('/', '')
}

/** The id that the venue gives to the act of cancelling; the order's own is then the "original" one. */
export function cancelIdOf(order: Order): string {
  return `cancel-${String(order.id)}`
}

/** When it came into the book; -1 while it waits for its trigger. */
export function workingTimeOf(order: Order): number {
  return isConditional(order.type) ? (order.triggeredAt ?? -1) : order.acceptedAt
}

function amounts(order: Order) {
  return {
    price: text(order.price),
    origQty: text(order.quantity),
    executedQty: text(order.filled),
    origQuoteOrderQty: text(order.quoteQuantity),
    cummulativeQuoteQty: text(order.filledQuote),
    status: statusWord(order),
    timeInForce: timeInForceWord(order),
    type: typeWord(order),
    side: sideWord(order),
  }
}

/** Answers of queries and lists. */
export function orderView(order: Order) {
  return {
    symbol: symbolOf(order),
    orderId: order.id,
    orderListId: order.listId ?? -1,
    clientOrderId: order.clientOrderId,
    ...amounts(order),
    stopPrice: text(order.triggerPrice),
    icebergQty: text(0n),
    time: order.acceptedAt,
    updateTime: order.updatedAt,
    isWorking: order.status !== 'waiting',
    workingTime: workingTimeOf(order),
    selfTradePreventionMode: 'NONE',
  }
}

export type Detail = 'ACK' | 'RESULT' | 'FULL'

/** The answer to placing, in the detail that was asked for. */
export function placedView(order: Order, fills: readonly Fill[], detail: Detail) {
  const acknowledged = {
    symbol: symbolOf(order),
    orderId: order.id,
    orderListId: order.listId ?? -1,
    clientOrderId: order.clientOrderId,
    transactTime: order.updatedAt,
  }
  if (detail === 'ACK') return acknowledged
  const result = {
    ...acknowledged,
    ...amounts(order),
    ...(isConditional(order.type) ? { stopPrice: text(order.triggerPrice) } : {}),
    workingTime: workingTimeOf(order),
    selfTradePreventionMode: 'NONE',
  }
  return detail === 'RESULT' ? result : { ...result, fills: fills.map(fillView) }
}

function fillView(fill: Fill) {
  return {
    price: text(fill.price),
    qty: text(fill.quantity),
    commission: text(fill.fee),
    commissionAsset: fill.feeCurrency,
    tradeId: fill.tradeId,
  }
}

export function cancelledView(order: Order) {
  return {
    symbol: symbolOf(order),
    origClientOrderId: order.clientOrderId,
    orderId: order.id,
    orderListId: order.listId ?? -1,
    clientOrderId: cancelIdOf(order),
    transactTime: order.updatedAt,
    ...amounts(order),
    ...(isConditional(order.type) ? { stopPrice: text(order.triggerPrice) } : {}),
    selfTradePreventionMode: 'NONE',
  }
}

export function tradeView(fill: Fill) {
  const { order } = fill
  return {
    symbol: symbolOf(order),
    id: fill.tradeId,
    orderId: order.id,
    orderListId: order.listId ?? -1,
    price: text(fill.price),
    qty: text(fill.quantity),
    quoteQty: text(times(fill.quantity, fill.price)),
    commission: text(fill.fee),
    commissionAsset: fill.feeCurrency,
    time: fill.at,
    isBuyer: order.side === 'buy',
    isMaker: fill.maker,
    isBestMatch: true,
  }
}

/** One order list; `orders` are its two legs. */
export function listView(orders: readonly Order[]) {
  const first = orders[0] as Order
  const done = orders.every((order) => isFinal(order.status))
  return {
    orderListId: first.listId ?? -1,
    contingencyType: 'OCO',
    listStatusType: done ? 'ALL_DONE' : 'EXEC_STARTED',
    listOrderStatus: done ? 'ALL_DONE' : 'EXECUTING',
    listClientOrderId: first.listClientOrderId ?? '',
    transactionTime: first.acceptedAt,
    symbol: symbolOf(first),
    orders: orders.map((order) => ({
      symbol: symbolOf(order),
      orderId: order.id,
      clientOrderId: order.clientOrderId,
    })),
  }
}
