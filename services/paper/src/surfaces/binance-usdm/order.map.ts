/**
 * Orders, algo orders and trades of the books in the words of Binance USD-M futures.
 * Called by the endpoints and the user stream. Must never invent a state: every word stands for one of ours.
 */
import { formatFixed, type Amount } from '#domain/amount'
import { averagePriceOf, bookIdOf, hasLimit, isFinal, type Fill, type Order } from '#domain/order'
import { sideWord, statusWord } from '../binance/order-words.map.ts'

const priceDecimals = 2
const quantityDecimals = 3
const moneyDecimals = 8
const quoteDecimals = 5

export const priceText = (value: Amount | null) => formatFixed(value ?? 0n, priceDecimals)
export const quantityText = (value: Amount | null) => formatFixed(value ?? 0n, quantityDecimals)
export const moneyText = (value: Amount) => formatFixed(value, moneyDecimals)
export const quoteText = (value: Amount) => formatFixed(value, quoteDecimals)

export const typeWords = {
  market: 'MARKET',
  limit: 'LIMIT',
  'stop-market': 'STOP_MARKET',
  'stop-limit': 'STOP',
  'take-profit-market': 'TAKE_PROFIT_MARKET',
  'take-profit-limit': 'TAKE_PROFIT',
  'trailing-stop-market': 'TRAILING_STOP_MARKET',
} as const satisfies Record<Order['type'], string>

export const timeInForceWords = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK', 'post-only': 'GTX' } as const

export function currentType(order: Order): 'MARKET' | 'LIMIT' {
  return hasLimit(order.type) ? 'LIMIT' : 'MARKET'
}

function orderBase(order: Order) {
  return {
    orderId: bookIdOf(order),
    symbol: order.symbol.replace('/', ''),
    status: statusWord(order),
    clientOrderId: order.clientOrderId,
    price: priceText(order.price),
    avgPrice: priceText(averagePriceOf(order)),
    origQty: quantityText(order.quantity),
    executedQty: quantityText(order.filled),
    cumQuote: quoteText(order.filledQuote),
    timeInForce: timeInForceWords[order.timeInForce],
    type: currentType(order),
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    side: sideWord(order),
    positionSide: 'BOTH',
    stopPrice: priceText(order.triggerPrice),
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: typeWords[order.type],
    priceMatch: 'NONE',
    selfTradePreventionMode: 'NONE',
    goodTillDate: 0,
    updateTime: order.updatedAt,
  }
}

/** Answers of queries and lists. */
export function orderView(order: Order) {
  return { ...orderBase(order), time: order.triggeredAt ?? order.acceptedAt }
}

/** Answers of placing and cancelling. */
export function orderAnswer(order: Order) {
  return { ...orderBase(order), cumQty: quantityText(order.filled) }
}

export function algoStatusWord(order: Order): string {
  if (order.triggeredId === null) return statusWord(order)
  return isFinal(order.status) ? 'FINISHED' : 'TRIGGERED'
}

export function algoView(order: Order) {
  return {
    algoId: order.id,
    clientAlgoId: order.clientOrderId,
    algoType: 'CONDITIONAL',
    orderType: typeWords[order.type],
    symbol: order.symbol.replace('/', ''),
    side: sideWord(order),
    positionSide: 'BOTH',
    timeInForce: timeInForceWords[order.timeInForce],
    quantity: quantityText(order.quantity),
    algoStatus: algoStatusWord(order),
    triggerPrice: priceText(order.triggerPrice),
    price: priceText(order.price),
    icebergQuantity: null,
    tpOrderType: '',
    workingType: 'CONTRACT_PRICE',
    priceMatch: 'NONE',
    closePosition: order.closePosition,
    priceProtect: false,
    reduceOnly: order.reduceOnly,
    activatePrice: priceText(order.activationPrice),
    callbackRate: order.callbackRate === null ? '' : formatFixed(order.callbackRate, 1),
    createTime: order.acceptedAt,
    updateTime: order.updatedAt,
    triggerTime: order.triggeredAt ?? 0,
    goodTillDate: 0,
    selfTradePreventionMode: 'NONE',
  }
}

/** Queries also tell what became of the order in the book. */
export function algoQueryView(order: Order) {
  return {
    ...algoView(order),
    actualOrderId: order.triggeredId === null ? '' : String(order.triggeredId),
    actualPrice: priceText(averagePriceOf(order)),
    actualType: order.triggeredId === null ? '' : currentType(order),
    actualQty: quantityText(order.filled),
  }
}

export function tradeView(fill: Fill) {
  const { order } = fill
  return {
    symbol: order.symbol.replace('/', ''),
    id: fill.tradeId,
    orderId: bookIdOf(order),
    side: sideWord(order),
    positionSide: 'BOTH',
    price: priceText(fill.price),
    qty: quantityText(fill.quantity),
    quoteQty: quoteText((fill.quantity * fill.price) / 100_000_000n),
    realizedPnl: moneyText(fill.realizedPnl),
    commission: moneyText(fill.fee),
    commissionAsset: fill.feeCurrency,
    time: fill.at,
    buyer: order.side === 'buy',
    maker: fill.maker,
  }
}
