/**
 * Orders, trades, balances and symbols of the books in Tokocrypto's words: numbers for words, Binance's ids beside its own.
 * Called by the endpoints. Must never invent a state: every number stands for one of ours.
 */
import { formatAmount, times, type Amount } from '#domain/amount'
import { averagePriceOf, type Fill, type Order } from '#domain/order'
import type { Account, Market } from '#domain/state'

const text = (value: Amount | null | undefined) => formatAmount(value ?? 0n)

/** The machinery behind the venue numbers orders by itself: nobody may take one id for the other. */
const innerIdsFrom = 10 ** 6

export function innerIdOf(id: number): number {
  return innerIdsFrom + id
}

/** What no order stands for: an order that belongs to no list. */
const noList = '0'

const typeNumbers = {
  limit: 1,
  /** A limit that never takes. */
  maker: 7,
  market: 2,
  'stop-market': 3,
  'stop-limit': 4,
  'take-profit-market': 5,
  'take-profit-limit': 6,
  'trailing-stop-market': 3,
} as const satisfies Record<Order['type'] | 'maker', number>
const timesInForce = { gtc: 1, ioc: 2, fok: 3, 'post-only': 4 } as const

const statusNumbers = {
  waiting: 0,
  open: 0,
  'partially-filled': 1,
  filled: 2,
  cancelled: 3,
  expired: 6,
  rejected: 5,
} as const satisfies Record<Order['status'], number>

function venueSymbolOf(order: Order): string {
  return order.symbol.replace('/', '_')
}

/** The answer to placing. */
export function placedView(order: Order) {
  const maker = order.type === 'limit' && order.timeInForce === 'post-only'
  return {
    orderId: String(order.id),
    bOrderListId: order.listId === null ? noList : String(innerIdOf(order.listId)),
    clientId: order.clientOrderId,
    bOrderId: String(innerIdOf(order.id)),
    symbol: venueSymbolOf(order),
    symbolType: 1,
    side: order.side === 'buy' ? 0 : 1,
    type: maker ? typeNumbers.maker : typeNumbers[order.type],
    price: text(order.price),
    origQty: text(order.quantity),
    origQuoteQty: text(order.quoteQuantity ?? times(order.quantity ?? 0n, order.price ?? 0n)),
    executedQty: text(order.filled),
    executedPrice: text(averagePriceOf(order)),
    executedQuoteQty: text(order.filledQuote),
    timeInForce: timesInForce[order.timeInForce],
    stopPrice: text(order.triggerPrice),
    icebergQty: '0',
    status: statusNumbers[order.status],
    createTime: order.acceptedAt,
  }
}

/** Answers of queries and lists. */
export function orderView(order: Order) {
  return { ...placedView(order), isWorking: order.status === 'waiting' ? 0 : 1 }
}

/** The answer to cancelling does not tell when the order was made. */
export function cancelledView(order: Order) {
  const { createTime: _, ...told } = placedView(order)
  return told
}

/** The answer to placing a stop and a target: the target first. */
export function listView(halves: readonly Order[]) {
  const [first] = halves
  const targetFirst = halves.toSorted((one, other) => Number(other.type === 'limit') - Number(one.type === 'limit'))
  return {
    bOrderListId: String(innerIdOf(first?.listId ?? 0)),
    clientId: first?.listClientOrderId ?? '',
    contingencyType: 'OCO',
    symbol: first === undefined ? '' : venueSymbolOf(first),
    symbolType: 1,
    createTime: first?.acceptedAt ?? 0,
    orders: targetFirst.map(({ id, clientOrderId }) => ({ orderId: String(id), clientId: clientOrderId })),
  }
}

export function tradeView(fill: Fill) {
  const { order } = fill
  return {
    tradeId: String(fill.tradeId),
    orderId: String(order.id),
    symbol: venueSymbolOf(order),
    price: text(fill.price),
    qty: text(fill.quantity),
    quoteQty: text(times(fill.quantity, fill.price)),
    commission: text(fill.fee),
    commissionAsset: fill.feeCurrency,
    isBuyer: order.side === 'buy' ? 1 : 0,
    isMaker: fill.maker ? 1 : 0,
    isBestMatch: 1,
    time: String(fill.at),
  }
}

export function assetViews(account: Account) {
  return [...account.balances].map(([asset, { free, locked }]) => ({ asset, free: text(free), locked: text(locked) }))
}

export function symbolView({ instrument }: Market) {
  return {
    type: 1,
    symbol: instrument.venueSymbol,
    baseAsset: instrument.base,
    basePrecision: 8,
    quoteAsset: instrument.quote,
    quotePrecision: 8,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: text(instrument.priceMinimum),
        maxPrice: text(instrument.priceMaximum),
        tickSize: text(instrument.priceStep),
        applyToMarket: false,
      },
      {
        filterType: 'LOT_SIZE',
        minQty: text(instrument.quantityMinimum),
        maxQty: text(instrument.quantityMaximum),
        stepSize: text(instrument.quantityStep),
        applyToMarket: false,
      },
      {
        filterType: 'NOTIONAL',
        minNotional: text(instrument.notionalMinimum),
        applyMinToMarket: true,
        applyToMarket: false,
        avgPriceMins: '5',
      },
      {
        filterType: 'MARKET_LOT_SIZE',
        minQty: '0.00000000',
        maxQty: text(instrument.marketQuantityMaximum),
        stepSize: '0.00000000',
        applyToMarket: false,
      },
      {
        filterType: 'MAX_NUM_ALGO_ORDERS',
        applyToMarket: false,
        maxNumAlgoOrders: String(instrument.conditionalOrdersMax),
      },
    ],
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT'],
    icebergEnable: 0,
    ocoEnable: 1,
    spotTradingEnable: 1,
    marginTradingEnable: 0,
    permissions: ['SPOT'],
  }
}
