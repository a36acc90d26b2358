/** The commands about symbols, prices, charts, the account and the server. Called by the main connection. Must only read. */
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { times } from '#domain/amount'
import { minuteMs } from '#domain/books/candles'
import { contractMargin, contractOf, inAccountCurrency, rateOf } from '#domain/cfd/contract-margin'
import { marginOf, profitOf } from '#domain/cfd/contract'
import { findMarket, marketsOf, type Market } from '#domain/state'
import {
  type Answer,
  type Call,
  type Command,
  marketNamed,
  nothing,
  reading,
  symbolArguments,
  venueName,
  wholeNumber,
  wireAmount,
} from './command.wire.ts'
import { rateInfo, symbolRecord, tickRecord } from './symbol-record.map.ts'
import { numberOf, numberOrNull, timeString } from './values.wire.ts'
import { xapiError } from './xapi-error.wire.ts'

const version = '2.5.0'
const symbolsMax = 500
const candlesMax = 50_000
const periods = new Set([1, 5, 15, 30, 60, 240, 1_440, 10_080, 43_200])
const dayMs = 86_400_000
const weekdays = [1, 2, 3, 4, 5, 6, 7]
const companyUnit = 8

const volumeOfSymbol = symbolArguments.extend({ volume: wireAmount })
const chartLast = z.object({ info: z.object({ period: wholeNumber, start: wholeNumber, symbol: z.string().max(64) }) })
const chartRange = z.object({
  info: z.object({
    period: wholeNumber,
    start: wholeNumber,
    end: wholeNumber.default(0),
    symbol: z.string().max(64),
    ticks: wholeNumber.default(0),
  }),
})

interface Chart {
  readonly symbol: string
  readonly period: number
  readonly start: number
  readonly end: number
  readonly ticks: number
}

function chart(call: Call, { symbol, period, start, end, ticks }: Chart): Answer {
  const market = marketNamed(call, symbol)
  if (!market.ok) return market
  if (!periods.has(period)) return err(xapiError('BE105'))
  const intervalMs = period * minuteMs
  const asked = ticks === 0 ? (end - start) / intervalMs : Math.abs(ticks)
  if (asked > candlesMax) return err(xapiError('EX009'))
  const limit = ticks === 0 ? candlesMax : Math.abs(ticks)
  const window = ticks < 0 ? { to: start } : ticks > 0 ? { from: start } : { from: start, to: end }
  const candles = market.value.candles.list({ intervalMs, limit, ...window })
  const digits = market.value.instrument.priceDecimals
  return ok({ digits, rateInfos: candles.map((candle) => rateInfo(candle, digits)) })
}

/** This market never closes. */
function tradingHours({ instrument }: Market) {
  const days = weekdays.map((day) => ({ day, fromT: 0, toT: dayMs }))
  return { quotes: days, symbol: instrument.venueSymbol, trading: days }
}

function named({ venue }: Call, symbols: readonly string[]): Market[] {
  return symbols.map((name) => findMarket(venue.state, venueName, name)).filter((market) => market !== undefined)
}

function margin(call: Call, symbol: string, volume: bigint): Answer {
  const market = marketNamed(call, symbol)
  if (!market.ok) return market
  const { price } = market.value
  const inQuote = marginOf(contractOf(market.value), volume, price, call.account.leverageMax)
  return ok({ margin: numberOf(inAccountCurrency(call.venue.state, call.account, market.value, inQuote)) })
}

const profitArguments = volumeOfSymbol.extend({ cmd: wholeNumber, openPrice: wireAmount, closePrice: wireAmount })

function profit(call: Call, given: z.output<typeof profitArguments>): Answer {
  const market = marketNamed(call, given.symbol)
  if (!market.ok) return market
  const prices = { open: given.openPrice, close: given.closePrice }
  const side = given.cmd % 2 === 0 ? 'buy' : 'sell'
  const inQuote = profitOf(contractOf(market.value), side, given.volume, prices)
  return ok({ profit: numberOf(inAccountCurrency(call.venue.state, call.account, market.value, inQuote)) })
}

function commission(call: Call, given: z.output<typeof volumeOfSymbol>): Answer {
  const market = marketNamed(call, given.symbol)
  if (!market.ok) return market
  const { account, venue } = call
  const rate = rateOf(venue.state, venueName, account.currency, market.value.instrument.quote) ?? null
  const value = times(contractOf(market.value).commissionPerLot, given.volume)
  return ok({ commission: numberOf(value), rateOfExchange: numberOrNull(rate) })
}

function marginLevel({ venue, account }: Call): Answer {
  const money = contractMargin(venue.state, account)
  return ok({
    balance: numberOf(money.balance),
    credit: 0,
    currency: account.currency,
    equity: numberOf(money.equity),
    margin: numberOf(money.margin),
    margin_free: numberOf(money.free),
    margin_level: money.level === null ? 0 : numberOf(money.level),
  })
}

function userData({ account }: Call): Answer {
  return ok({
    companyUnit,
    currency: account.currency,
    group: `demo-${account.mode}`,
    ibAccount: false,
    leverage: 1,
    leverageMultiplier: JSON.rawJSON((account.leverageMax / 100).toString()),
    spreadType: 'FLOAT',
    trailingStop: true,
  })
}

const window = z.object({ start: wholeNumber, end: wholeNumber })

export const marketCommands: Readonly<Record<string, Command>> = {
  getAllSymbols: reading(nothing, ({ venue, now }) =>
    ok(marketsOf(venue.state, venueName).map((market) => symbolRecord(market, now))),
  ),
  getSymbol: reading(symbolArguments, (call, { symbol }) => {
    const market = marketNamed(call, symbol)
    return market.ok ? ok(symbolRecord(market.value, call.now)) : market
  }),
  getTickPrices: reading(
    z.object({ level: wholeNumber, symbols: z.array(z.string()).max(symbolsMax), timestamp: wholeNumber }),
    (call, { symbols, timestamp }) => {
      const changed = named(call, symbols).filter(({ updatedAt }) => updatedAt >= timestamp)
      return ok({ quotations: changed.map((market) => tickRecord(market, call.now)) })
    },
  ),
  getChartLastRequest: reading(chartLast, (call, { info }) => chart(call, { ...info, end: call.now, ticks: 0 })),
  getChartRangeRequest: reading(chartRange, (call, { info }) => chart(call, info)),
  getTradingHours: reading(z.object({ symbols: z.array(z.string()).max(symbolsMax) }), (call, { symbols }) =>
    ok(named(call, symbols).map(tradingHours)),
  ),
  getCommissionDef: reading(volumeOfSymbol, commission),
  getMarginTrade: reading(volumeOfSymbol, (call, { symbol, volume }) => margin(call, symbol, volume)),
  getProfitCalculation: reading(profitArguments, profit),
  getMarginLevel: reading(nothing, marginLevel),
  getCurrentUserData: reading(nothing, userData),
  getStepRules: reading(nothing, () =>
    ok([{ id: 1, name: 'All', steps: [{ fromValue: JSON.rawJSON('0.01'), step: JSON.rawJSON('0.01') }] }]),
  ),
  getServerTime: reading(nothing, ({ now }) => ok({ time: now, timeString: timeString(now) })),
  getVersion: reading(nothing, () => ok({ version })),
  ping: reading(nothing, () => ok(undefined)),
  // Nothing happens in this world but prices, and nobody introduces clients.
  getCalendar: reading(nothing, () => ok([])),
  getNews: reading(window, () => ok([])),
  getIbsHistory: reading(window, () => ok([])),
}
