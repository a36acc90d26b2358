/**
 * Public endpoints of Binance USD-M futures: time, exchange information, prices, candles.
 * Called by the BinanceServer. Must never list a symbol that the engine does not trade.
 */
import { ok } from '@tradewire/kernel/result'
import { formatAmount, formatFixed } from '#domain/amount'
import type { LimitsProfile } from '#domain/protocol/rate-limits'
import { perpetualBudgets } from '#domain/protocol/rate-limits'
import { marketsOf, type Market, type VenueState } from '#domain/state'
import type { Endpoint, EndpointCall } from '../binance/binance.controller.ts'
import { dayTicker, depthQuantity, each, klines } from '../binance/market-data.map.ts'
import { priceText, quantityText } from './order.map.ts'

const venue = 'binance-usdm'
const klinesMax = 1_500
const pricePrecision = 2
const quantityPrecision = 3
const assetPrecision = 8
/** Perpetuals never deliver: the venue shows a day in the year 2100. */
const deliveryDateMs = 4_133_404_800_000
const onboardDateMs = 1_569_398_400_000
const fundingEveryMs = 28_800_000

function symbolInfo({ instrument }: Market) {
  const step = { stepSize: quantityText(instrument.quantityStep) }
  const minimum = quantityText(instrument.quantityMinimum)
  return {
    symbol: instrument.venueSymbol,
    pair: instrument.venueSymbol,
    contractType: 'PERPETUAL',
    deliveryDate: deliveryDateMs,
    onboardDate: onboardDateMs,
    status: 'TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: instrument.base,
    quoteAsset: instrument.quote,
    marginAsset: instrument.quote,
    pricePrecision,
    quantityPrecision,
    baseAssetPrecision: assetPrecision,
    quotePrecision: assetPrecision,
    underlyingType: 'COIN',
    underlyingSubType: ['PoW'],
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: priceText(instrument.priceMinimum),
        maxPrice: priceText(instrument.priceMaximum),
        tickSize: priceText(instrument.priceStep),
      },
      { filterType: 'LOT_SIZE', minQty: minimum, maxQty: formatAmount(instrument.quantityMaximum), ...step },
      {
        filterType: 'MARKET_LOT_SIZE',
        minQty: minimum,
        maxQty: formatAmount(instrument.marketQuantityMaximum),
        ...step,
      },
      { filterType: 'MAX_NUM_ORDERS', limit: instrument.openOrdersMax },
      { filterType: 'MAX_NUM_ALGO_ORDERS', limit: instrument.conditionalOrdersMax },
      { filterType: 'MIN_NOTIONAL', notional: formatAmount(instrument.notionalMinimum) },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: formatFixed(instrument.priceFactorUp, 4),
        multiplierDown: formatFixed(instrument.priceFactorDown, 4),
        multiplierDecimal: '4',
      },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  }
}

export function exchangeInfo(state: VenueState, limits: LimitsProfile, now: number) {
  const budgets = perpetualBudgets[limits]
  return {
    timezone: 'UTC',
    serverTime: now,
    futuresType: 'U_MARGINED',
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: budgets.weight.unitsMax },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: budgets.ordersLong.unitsMax },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: budgets.ordersShort.unitsMax },
    ],
    exchangeFilters: [],
    assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
    symbols: marketsOf(state, venue).map(symbolInfo),
  }
}

function premium(market: Market, now: number) {
  const price = formatFixed(market.price, 8)
  return {
    symbol: market.instrument.venueSymbol,
    markPrice: price,
    indexPrice: price,
    estimatedSettlePrice: price,
    lastFundingRate: '0.00000000',
    interestRate: '0.00010000',
    nextFundingTime: now - (now % fundingEveryMs) + fundingEveryMs,
    time: now,
  }
}

function bookTicker(market: Market, now: number) {
  const quantity = quantityText(depthQuantity(market))
  return {
    symbol: market.instrument.venueSymbol,
    bidPrice: priceText(market.bid),
    bidQty: quantity,
    askPrice: priceText(market.ask),
    askQty: quantity,
    time: now,
  }
}

function priceTicker(market: Market, now: number) {
  return { symbol: market.instrument.venueSymbol, price: priceText(market.price), time: now }
}

const alone = (one: number, all: number) => (parameters: EndpointCall['parameters']) =>
  parameters.has('symbol') ? one : all

export function marketEndpoints(limits: LimitsProfile): readonly Endpoint[] {
  return [
    { method: 'GET', path: '/fapi/v1/ping', weight: 1, access: 'public', answer: () => ok({}) },
    {
      method: 'GET',
      path: '/fapi/v1/time',
      weight: 1,
      access: 'public',
      answer: (call) => ok({ serverTime: call.now }),
    },
    {
      method: 'GET',
      path: '/fapi/v1/exchangeInfo',
      weight: 1,
      access: 'public',
      answer: (call) => ok(exchangeInfo(call.venue.state, limits, call.now)),
    },
    {
      method: 'GET',
      path: '/fapi/v1/klines',
      weight: 2,
      access: 'public',
      answer: (call) => klines(call, venue, klinesMax),
    },
    {
      method: 'GET',
      path: '/fapi/v1/ticker/24hr',
      weight: alone(1, 40),
      access: 'public',
      answer: (call) => each(call, venue, (market) => dayTicker(market, pricePrecision, call.now)),
    },
    {
      method: 'GET',
      path: '/fapi/v1/ticker/price',
      weight: alone(1, 2),
      access: 'public',
      answer: (call) => each(call, venue, (market) => priceTicker(market, call.now)),
    },
    {
      method: 'GET',
      path: '/fapi/v2/ticker/price',
      weight: alone(1, 2),
      access: 'public',
      answer: (call) => each(call, venue, (market) => priceTicker(market, call.now)),
    },
    {
      method: 'GET',
      path: '/fapi/v1/ticker/bookTicker',
      weight: alone(2, 5),
      access: 'public',
      answer: (call) => each(call, venue, (market) => bookTicker(market, call.now)),
    },
    {
      method: 'GET',
      path: '/fapi/v1/premiumIndex',
      weight: alone(1, 10),
      access: 'public',
      answer: (call) => each(call, venue, (market) => premium(market, call.now)),
    },
  ]
}
