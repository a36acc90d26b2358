/**
 * Public and account endpoints of Binance spot: time, exchange information, prices, candles, balances.
 * Called by the BinanceServer. Must never list a symbol that the engine does not trade.
 */
import { ok, type Result } from '@tradewire/kernel/result'
import { formatFixed } from '#domain/amount'
import { spotBudgets, type LimitsProfile } from '#domain/protocol/rate-limits'
import { marketsOf, type Account, type Market, type VenueState } from '#domain/state'
import type { AccountCall, Endpoint, EndpointCall } from '../binance/binance.controller.ts'
import { dayTicker, depthQuantity, each, klines, marketOfCall, marketsOfCall } from '../binance/market-data.map.ts'
import type { VenueError } from '../binance/venue-error.wire.ts'
import { text } from './order.map.ts'

const venue = 'binance-spot'
const klinesMax = 1_000
const precision = 8
const basisPointsPerUnit = 10_000n

function filtersOf({ instrument }: Market) {
  const factors = { up: formatFixed(instrument.priceFactorUp, 4), down: formatFixed(instrument.priceFactorDown, 4) }
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: text(instrument.priceMinimum),
      maxPrice: text(instrument.priceMaximum),
      tickSize: text(instrument.priceStep),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: text(instrument.quantityMinimum),
      maxQty: text(instrument.quantityMaximum),
      stepSize: text(instrument.quantityStep),
    },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: text(0n),
      maxQty: text(instrument.marketQuantityMaximum),
      stepSize: text(0n),
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: factors.up,
      bidMultiplierDown: factors.down,
      askMultiplierUp: factors.up,
      askMultiplierDown: factors.down,
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: text(instrument.notionalMinimum),
      applyMinToMarket: true,
      maxNotional: '9000000.00000000',
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: instrument.openOrdersMax },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: instrument.conditionalOrdersMax },
  ]
}

function symbolInfo(market: Market) {
  const { instrument } = market
  return {
    symbol: instrument.venueSymbol,
    status: 'TRADING',
    baseAsset: instrument.base,
    baseAssetPrecision: precision,
    quoteAsset: instrument.quote,
    quotePrecision: precision,
    quoteAssetPrecision: precision,
    baseCommissionPrecision: precision,
    quoteCommissionPrecision: precision,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
    icebergAllowed: false,
    ocoAllowed: true,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filtersOf(market),
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'NONE',
    allowedSelfTradePreventionModes: ['NONE'],
  }
}

function exchangeInfo(call: EndpointCall, limits: LimitsProfile): Result<unknown, VenueError> {
  const chosen = marketsOfCall(call.venue.state, venue, call.parameters)
  if (!chosen.ok) return chosen
  const budgets = spotBudgets[limits]
  return ok({
    timezone: 'UTC',
    serverTime: call.now,
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: budgets.weight.unitsMax },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: budgets.ordersShort.unitsMax },
      { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: budgets.ordersLong.unitsMax },
    ],
    exchangeFilters: [],
    symbols: chosen.value.markets.map(symbolInfo),
    sors: [],
  })
}

function bookTicker(market: Market) {
  const quantity = text(depthQuantity(market))
  return {
    symbol: market.instrument.venueSymbol,
    bidPrice: text(market.bid),
    bidQty: quantity,
    askPrice: text(market.ask),
    askQty: quantity,
  }
}

function ticker(market: Market, now: number) {
  const { bidPrice, bidQty, askPrice, askQty } = bookTicker(market)
  const day = dayTicker(market, precision, now)
  return { ...day, prevClosePrice: day.openPrice, bidPrice, bidQty, askPrice, askQty }
}

function depth(call: EndpointCall): Result<unknown, VenueError> {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const quantity = text(depthQuantity(market.value))
  return ok({
    lastUpdateId: market.value.updatedAt,
    bids: [[text(market.value.bid), quantity]],
    asks: [[text(market.value.ask), quantity]],
  })
}

function averagePrice(call: EndpointCall): Result<unknown, VenueError> {
  const market = marketOfCall(call, venue)
  return market.ok ? ok({ mins: 5, price: text(market.value.price), closeTime: call.now }) : market
}

/** Rates are the same for all symbols unless the control API made them differ: the first symbol's are shown. */
function accountView(state: VenueState, account: Account, omitZero: boolean) {
  const settings = marketsOf(state, venue)[0]?.settings
  const maker = settings?.makerFeeRate ?? 0n
  const taker = settings?.takerFeeRate ?? 0n
  const points = (rate: bigint) => Number(formatFixed(rate * basisPointsPerUnit, 0))
  return {
    makerCommission: points(maker),
    takerCommission: points(taker),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker: text(maker), taker: text(taker), buyer: text(0n), seller: text(0n) },
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: account.updatedAt,
    accountType: 'SPOT',
    balances: [...account.balances]
      .filter(([, { free, locked }]) => !omitZero || free !== 0n || locked !== 0n)
      .map(([asset, { free, locked }]) => ({ asset, free: text(free), locked: text(locked) })),
    permissions: ['SPOT'],
    uid: Number.parseInt(account.id.slice(-8), 16),
  }
}

function answerAccount({ venue: operate, account, parameters }: AccountCall): Result<unknown, VenueError> {
  return ok(accountView(operate.state, account, parameters.flag('omitZeroBalances')))
}

const alone = (one: number, all: number) => (parameters: EndpointCall['parameters']) =>
  parameters.has('symbol') ? one : all
/** Margin and capital lists that clients ask for at start: there is no margin and nothing to withdraw here. */
const emptyLists = ['/sapi/v1/margin/allPairs', '/sapi/v1/margin/isolated/allPairs', '/sapi/v1/capital/config/getall']

export function marketEndpoints(limits: LimitsProfile): readonly Endpoint[] {
  return [
    { method: 'GET', path: '/api/v3/ping', weight: 1, access: 'public', answer: () => ok({}) },
    {
      method: 'GET',
      path: '/api/v3/time',
      weight: 1,
      access: 'public',
      answer: (call) => ok({ serverTime: call.now }),
    },
    {
      method: 'GET',
      path: '/api/v3/exchangeInfo',
      weight: 20,
      access: 'public',
      answer: (call) => exchangeInfo(call, limits),
    },
    {
      method: 'GET',
      path: '/api/v3/klines',
      weight: 2,
      access: 'public',
      answer: (call) => klines(call, venue, klinesMax),
    },
    { method: 'GET', path: '/api/v3/depth', weight: 5, access: 'public', answer: depth },
    { method: 'GET', path: '/api/v3/avgPrice', weight: 2, access: 'public', answer: averagePrice },
    {
      method: 'GET',
      path: '/api/v3/ticker/24hr',
      weight: alone(2, 80),
      access: 'public',
      answer: (call) => each(call, venue, (market) => ticker(market, call.now)),
    },
    {
      method: 'GET',
      path: '/api/v3/ticker/price',
      weight: alone(2, 4),
      access: 'public',
      answer: (call) =>
        each(call, venue, (market) => ({ symbol: market.instrument.venueSymbol, price: text(market.price) })),
    },
    {
      method: 'GET',
      path: '/api/v3/ticker/bookTicker',
      weight: alone(2, 4),
      access: 'public',
      answer: (call) => each(call, venue, bookTicker),
    },
    { method: 'GET', path: '/api/v3/account', weight: 20, access: 'signed', answer: answerAccount },
    ...emptyLists.map((path): Endpoint => ({ method: 'GET', path, weight: 1, access: 'key', answer: () => ok([]) })),
  ]
}
