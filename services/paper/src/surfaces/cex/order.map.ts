/**
 * Orders, balances, pairs and tickers of the books in CEX.IO's words. Called by the endpoints and the stream.
 * Must never invent a state: every word stands for one of ours.
 */
import { subAccount } from '#domain/accounts/account-keys'
import { formatAmount, formatFixed, type Amount } from '#domain/amount'
import type { OrderRequest } from '#domain/engine/check-order'
import { averagePriceOf, isFinal, type Fill, type Order } from '#domain/order'
import type { Account, Market } from '#domain/state'
import { dayTicker } from '../binance/market-data.map.ts'
import type { Rejection } from './order-request.map.ts'

const clientIdCharacters = 12
const priceDecimals = 8
const text = (value: Amount | null | undefined) => (value === null || value === undefined ? null : formatAmount(value))

const statusWords = {
  waiting: 'NEW',
  open: 'NEW',
  'partially-filled': 'PARTIALLY_FILLED',
  filled: 'FILLED',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
  rejected: 'REJECTED',
} as const satisfies Record<Order['status'], string>

/** What all accounts of one person have in common. */
function clientOf(account: Account): string {
  return `up${account.id.slice(-clientIdCharacters)}`
}

function common(account: Account, order: Order) {
  const [currency1 = '', currency2 = ''] = order.symbol.split('/')
  return {
    orderId: String(order.id),
    clientOrderId: order.clientOrderId,
    clientId: clientOf(account),
    accountId: subAccount,
    status: statusWords[order.status],
    currency1,
    currency2,
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    orderType: order.type === 'market' ? 'Market' : order.type === 'limit' ? 'Limit' : 'Stop Limit',
    timeInForce: order.type === 'market' ? null : order.timeInForce.toUpperCase(),
    comment: null,
    executedAmountCcy1: formatAmount(order.filled),
    executedAmountCcy2: formatAmount(order.filledQuote),
    requestedAmountCcy1: text(order.quantity),
    requestedAmountCcy2: text(order.quoteQuantity),
    averagePrice: text(averagePriceOf(order)),
    price: text(order.price),
    stopPrice: text(order.triggerPrice),
    feeAmount: formatAmount(order.fee),
    feeCurrency: currency2,
    expireTime: null,
    effectiveTime: null,
    clientCreateTimestamp: String(order.acceptedAt),
    serverCreateTimestamp: String(order.acceptedAt),
    lastUpdateTimestamp: String(order.updatedAt),
  }
}

/** An order of a list. */
export function orderView(account: Account, order: Order) {
  const sells = order.side === 'sell'
  return {
    ...common(account, order),
    statusIsFinal: isFinal(order.status),
    rejectCode: null,
    rejectReason: order.reason,
    initialOnHoldAmountCcy1: sells ? text(order.lock) : null,
    initialOnHoldAmountCcy2: sells ? null : text(order.lock),
    originalAmountCcy2: text(order.quoteQuantity),
  }
}

/** The answer to placing, and what the stream tells. */
export function executionReport(account: Account, order: Order, executionType: string, fill?: Fill) {
  return {
    messageType: 'executionReport',
    ...common(account, order),
    executionType,
    executionId: `${order.updatedAt}_101_${fill?.tradeId ?? order.id}`,
    transactTime: new Date(order.updatedAt).toISOString(),
    lastQuantity: text(fill?.quantity),
    lastAmountCcy1: text(fill?.quantity),
    lastAmountCcy2: fill === undefined ? null : formatAmount((fill.quantity * fill.price) / 100_000_000n),
    lastPrice: text(fill?.price),
  }
}

/** The answer to an order that the order engine refused. The reason is inside as JSON in a text, as the venue has it. */
export function rejectedReport(account: Account, market: Market, request: OrderRequest, rejection: Rejection) {
  const { base, quote } = market.instrument
  return {
    messageType: 'executionReport',
    clientId: clientOf(account),
    orderId: null,
    clientOrderId: request.clientOrderId,
    accountId: subAccount,
    status: 'REJECTED',
    currency1: base,
    currency2: quote,
    side: request.side === 'buy' ? 'BUY' : 'SELL',
    executedAmountCcy1: null,
    executedAmountCcy2: null,
    requestedAmountCcy1: text(request.quantity),
    requestedAmountCcy2: text(request.quoteQuantity),
    executionType: 'Rejected',
    orderRejectReason: JSON.stringify({ code: rejection.rejectCode, reason: rejection.rejectReason }),
    ...rejection,
  }
}

export function balanceViews(account: Account) {
  return Object.fromEntries(
    [...account.balances].map(([currency, { free, locked }]) => [
      currency,
      { balance: formatAmount(free + locked), balanceOnHold: formatAmount(locked) },
    ]),
  )
}

export function pairView({ instrument }: Market) {
  return {
    base: instrument.base,
    quote: instrument.quote,
    baseMin: text(instrument.quantityMinimum),
    baseMax: text(instrument.quantityMaximum),
    baseLotSize: text(instrument.quantityStep),
    quoteMin: text(instrument.notionalMinimum),
    quoteMax: '100000000',
    quoteLotSize: '0.01000000',
    basePrecision: '8',
    quotePrecision: '8',
    pricePrecision: String(instrument.priceDecimals),
    minPrice: text(instrument.priceMinimum),
    maxPrice: text(instrument.priceMaximum),
  }
}

export function tickerView(market: Market, now: number) {
  const day = dayTicker(market, priceDecimals, now)
  const last = formatFixed(market.price, priceDecimals)
  return {
    bestBid: formatFixed(market.bid, priceDecimals),
    bestAsk: formatFixed(market.ask, priceDecimals),
    bestBidChange: '0.00000000',
    bestBidChangePercentage: '0.00',
    bestAskChange: '0.00000000',
    bestAskChangePercentage: '0.00',
    low: day.lowPrice,
    high: day.highPrice,
    volume: day.volume,
    quoteVolume: day.quoteVolume,
    lastTradeVolume: day.lastQty,
    volumeUSD: day.quoteVolume,
    last,
    lastTradePrice: last,
    priceChange: day.priceChange,
    priceChangePercentage: day.priceChangePercent,
    lastTradeDateISO: new Date(day.closeTime).toISOString(),
  }
}
