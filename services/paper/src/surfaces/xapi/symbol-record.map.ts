/** Markets as symbols, ticks and candles of the protocol. Called by its commands and stream. Must never invent a price. */
import type { Amount } from '#domain/amount'
import type { Candle } from '#domain/books/candles'
import { contractOf } from '#domain/cfd/contract-margin'
import { tickValueOf, tripleSwapDay } from '#domain/cfd/contract'
import type { Market } from '#domain/state'
import { numberOf, timeString } from './values.wire.ts'

const categories = { forex: 'FX', index: 'IND', commodity: 'CMD', crypto: 'CRT' } as const
const classNumbers = { forex: 21, index: 19, commodity: 15, crypto: 31 } as const
const modes = { forex: { margin: 101, profit: 5 }, other: { margin: 102, profit: 6 } } as const
const quoteIdFloat = 2
const instantLotsMax = 2_147_483_647
const UNIT = 100_000_000n
const HUNDRED = 100n
const fractionDigits = 10n

function spreads(market: Market) {
  const spread = market.ask - market.bid
  const { pip } = contractOf(market)
  return { spreadRaw: numberOf(spread), spreadTable: numberOf((spread * UNIT) / pip) }
}

function dayRange(market: Market): { readonly high: unknown; readonly low: unknown } {
  const day = market.candles.day()
  return { high: numberOf(day?.high ?? market.price), low: numberOf(day?.low ?? market.price) }
}

export function symbolRecord(market: Market, now: number) {
  const { instrument, bid, ask } = market
  const contract = contractOf(market)
  const forex = contract.group === 'forex'
  const at = market.updatedAt === 0 ? now : market.updatedAt
  const mode = forex ? modes.forex : modes.other
  return {
    ask: numberOf(ask),
    bid: numberOf(bid),
    categoryName: categories[contract.group],
    contractSize: numberOf(contract.size),
    currency: forex ? instrument.base : instrument.quote,
    currencyPair: forex,
    currencyProfit: instrument.quote,
    description: contract.description,
    expiration: null,
    groupName: 'Major',
    ...dayRange(market),
    initialMargin: 0,
    instantMaxVolume: instantLotsMax,
    // Percent of the notional that is asked for: 3.33 for a leverage of 30.
    leverage: numberOf((UNIT * HUNDRED) / BigInt(contract.leverageMax)),
    longOnly: false,
    lotMax: numberOf(instrument.quantityMaximum),
    lotMin: numberOf(instrument.quantityMinimum),
    lotStep: numberOf(instrument.quantityStep),
    marginHedged: 0,
    marginHedgedStrong: false,
    marginMaintenance: null,
    marginMode: mode.margin,
    percentage: numberOf(UNIT * HUNDRED),
    pipsPrecision: contract.pipDecimals,
    precision: instrument.priceDecimals,
    profitMode: mode.profit,
    quoteId: quoteIdFloat,
    shortSelling: true,
    ...spreads(market),
    starting: null,
    stepRuleId: 1,
    stopsLevel: numberOf((contract.stopsDistance * UNIT) / contract.pip),
    swap_rollover3days: tripleSwapDay,
    swapEnable: true,
    swapLong: numberOf(contract.swapLongPips),
    swapShort: numberOf(contract.swapShortPips),
    swapType: 0,
    symbol: instrument.venueSymbol,
    tickSize: numberOf(instrument.priceStep),
    tickValue: numberOf(tickValueOf(contract, instrument.priceStep)),
    time: at,
    timeString: timeString(at),
    trailingEnabled: true,
    type: classNumbers[contract.group],
  }
}

export function tickRecord(market: Market, now: number) {
  return {
    ask: numberOf(market.ask),
    askVolume: null,
    bid: numberOf(market.bid),
    bidVolume: null,
    ...dayRange(market),
    level: 0,
    ...spreads(market),
    symbol: market.instrument.venueSymbol,
    timestamp: market.updatedAt === 0 ? now : market.updatedAt,
  }
}

/** Prices times ten to the digits; all but the opening one as what they lie off it. */
export function rateInfo(candle: Candle, digits: number) {
  const scale = fractionDigits ** BigInt(digits)
  const scaled = (value: Amount) => numberOf(value * scale)
  return {
    close: scaled(candle.close - candle.open),
    ctm: candle.at,
    ctmString: timeString(candle.at),
    high: scaled(candle.high - candle.open),
    low: scaled(candle.low - candle.open),
    open: scaled(candle.open),
    vol: numberOf(candle.volume),
  }
}

export function candleRecord(market: Market, candle: Candle) {
  return {
    close: numberOf(candle.close),
    ctm: candle.at,
    ctmString: timeString(candle.at),
    high: numberOf(candle.high),
    low: numberOf(candle.low),
    open: numberOf(candle.open),
    quoteId: quoteIdFloat,
    symbol: market.instrument.venueSymbol,
    vol: numberOf(candle.volume),
  }
}
