/**
 * Public market data in Binance's form, common to spot and futures: candles, day tickers, prices.
 * Called by the Binance surfaces. Must never show more than the books know: there are no trades of others here.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { formatFixed, over, type Amount } from '#domain/amount'
import { minuteMs, type Candle } from '#domain/books/candles'
import { findMarket, marketsOf, type Market, type VenueState } from '#domain/state'
import type { Venue } from '@tradewire/contracts/common'
import type { EndpointCall } from './binance.controller.ts'
import type { Parameters } from './parameters.wire.ts'
import { invalidSymbol, missing, venueError, type VenueError } from './venue-error.wire.ts'

const INTERVALS_MINUTES: Readonly<Record<string, number>> = {
  '1m': 1,
  '3m': 3,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '6h': 360,
  '8h': 480,
  '12h': 720,
  '1d': 1_440,
  '3d': 4_320,
  '1w': 10_080,
}
const candlesDefault = 500
const depthQuantityDefault: Amount = 10_000_000_000n

export function marketOfCall(call: EndpointCall, venue: Venue): Result<Market, VenueError> {
  const name = call.parameters.text('symbol')
  if (name === undefined) return err(missing('symbol'))
  const market = findMarket(call.venue.state, venue, name)
  return market === undefined ? err(invalidSymbol) : ok(market)
}

/** All markets, or those that `symbol` or `symbols` name. `single` tells whether the answer is one object. */
export function marketsOfCall(
  state: VenueState,
  venue: Venue,
  parameters: Parameters,
): Result<{ readonly markets: Market[]; readonly single: boolean }, VenueError> {
  const symbol = parameters.text('symbol')
  const list = parameters.text('symbols')
  if (symbol === undefined && list === undefined) return ok({ markets: marketsOf(state, venue), single: false })
  const names = symbol === undefined ? (list ?? '').replaceAll(/["[\]\s]/g, '').split(',') : [symbol]
  const markets: Market[] = []
  for (const name of names) {
    const market = findMarket(state, venue, name)
    if (market === undefined) return err(invalidSymbol)
    markets.push(market)
  }
  return ok({ markets, single: symbol !== undefined })
}

/** One view for `symbol`, a list for all or for `symbols`. */
export function each(call: EndpointCall, venue: Venue, view: (market: Market) => unknown): Result<unknown, VenueError> {
  const chosen = marketsOfCall(call.venue.state, venue, call.parameters)
  if (!chosen.ok) return chosen
  const views = chosen.value.markets.map(view)
  return ok(chosen.value.single ? views[0] : views)
}

export function klines(call: EndpointCall, venue: Venue, limitMax: number): Result<unknown, VenueError> {
  const market = marketOfCall(call, venue)
  if (!market.ok) return market
  const minutes = INTERVALS_MINUTES[call.parameters.needText('interval')]
  if (minutes === undefined) return err(venueError(-1120, 'Invalid interval.'))
  const intervalMs = minutes * minuteMs
  const candles = market.value.candles.list({
    intervalMs,
    limit: Math.min(call.parameters.integer('limit') ?? candlesDefault, limitMax),
    from: call.parameters.integer('startTime'),
    to: call.parameters.integer('endTime'),
  })
  return ok(candles.map((candle) => klineOf(candle, intervalMs)))
}

function klineOf(candle: Candle, intervalMs: number): unknown[] {
  const text = (value: Amount) => formatFixed(value, 8)
  return [
    candle.at,
    text(candle.open),
    text(candle.high),
    text(candle.low),
    text(candle.close),
    text(candle.volume),
    candle.at + intervalMs - 1,
    text(candle.quoteVolume),
    candle.trades,
    text(candle.volume),
    text(candle.quoteVolume),
    '0',
  ]
}

/** The 24 hours before the last tick, in market time. */
export function dayOf(market: Market): Candle {
  const { price } = market
  const flat = { at: market.updatedAt, open: price, high: price, low: price, close: price }
  return market.candles.day() ?? { ...flat, volume: 0n, quoteVolume: 0n, trades: 0 }
}

export function dayTicker(market: Market, decimals: number, now: number) {
  const day = dayOf(market)
  const text = (value: Amount) => formatFixed(value, decimals)
  const change = market.price - day.open
  return {
    symbol: market.instrument.venueSymbol,
    priceChange: text(change),
    priceChangePercent: formatFixed(over(change * 100n, day.open), 3),
    weightedAvgPrice: text(day.volume === 0n ? market.price : over(day.quoteVolume, day.volume)),
    lastPrice: text(market.price),
    lastQty: '0.00000000',
    openPrice: text(day.open),
    highPrice: text(day.high),
    lowPrice: text(day.low),
    volume: formatFixed(day.volume, 8),
    quoteVolume: formatFixed(day.quoteVolume, 8),
    openTime: day.at,
    closeTime: market.updatedAt === 0 ? now : market.updatedAt,
    firstId: 0,
    lastId: day.trades,
    count: day.trades,
  }
}

export function depthQuantity(market: Market): Amount {
  return market.settings.liquidity ?? depthQuantityDefault
}
