/**
 * Symbols, their specifications, prices and candles. Called by the server. Must never tell a price that no market has.
 */
import { err } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { Candle } from '#domain/books/candles'
import { tickValueOf } from '#domain/cfd/contract'
import { contractOf, inAccountCurrency } from '#domain/cfd/contract-margin'
import { marketsOf, type Market } from '#domain/state'
import { terminalBase } from './account.controller.ts'
import {
  answered,
  exact,
  marketNamed,
  parse,
  timesOf,
  type Answer,
  type Endpoint,
  type TerminalCall,
} from './endpoint.wire.ts'
import { metaapiError } from './metaapi-error.wire.ts'
import { serverTime } from './record.map.ts'
import { venueName } from './token.wire.ts'

const listCost = 10
const minutesOf: Readonly<Record<string, number>> = {
  '1m': 1,
  '2m': 2,
  '3m': 3,
  '4m': 4,
  '5m': 5,
  '6m': 6,
  '10m': 10,
  '12m': 12,
  '15m': 15,
  '20m': 20,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '3h': 180,
  '4h': 240,
  '6h': 360,
  '8h': 480,
  '12h': 720,
  '1d': 1_440,
  '1w': 10_080,
  '1mn': 43_200,
}
const minuteMs = 60_000
const candlesMax = 1_000
const candleQuery = z.object({
  startTime: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(candlesMax).default(candlesMax),
})
const sessions = Object.fromEntries(
  ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'].map((day) => [
    day,
    [{ from: '00:00:00.000', to: '24:00:00.000' }],
  ]),
)

function named(call: TerminalCall, view: (market: Market) => object): Answer {
  const market = marketNamed(call, call.parameters['symbol'] ?? '')
  return market.ok ? answered(view(market.value)) : market
}

function specification({ instrument }: Market): object {
  const contract = contractOf({ instrument } as Market)
  return {
    symbol: instrument.venueSymbol,
    description: contract.description,
    tickSize: exact(instrument.priceStep),
    digits: instrument.priceDecimals,
    point: exact(instrument.priceStep),
    pipSize: exact(contract.pip),
    minVolume: exact(instrument.quantityMinimum),
    maxVolume: exact(instrument.quantityMaximum),
    volumeStep: exact(instrument.quantityStep),
    contractSize: exact(contract.size),
    fillingModes: ['SYMBOL_FILLING_FOK', 'SYMBOL_FILLING_IOC'],
    stopsLevel: 0,
    freezeLevel: 0,
    executionMode: 'SYMBOL_TRADE_EXECUTION_MARKET',
    tradeMode: 'SYMBOL_TRADE_MODE_FULL',
    allowedOrderTypes: [
      'SYMBOL_ORDER_MARKET',
      'SYMBOL_ORDER_LIMIT',
      'SYMBOL_ORDER_STOP',
      'SYMBOL_ORDER_SL',
      'SYMBOL_ORDER_TP',
    ],
    allowedExpirationModes: ['SYMBOL_EXPIRATION_GTC', 'SYMBOL_EXPIRATION_DAY', 'SYMBOL_EXPIRATION_SPECIFIED'],
    quoteSessions: sessions,
    tradeSessions: sessions,
    // Pairs of currencies have both; anything else has the currency of its profit alone.
    baseCurrency: contract.group === 'forex' ? instrument.base : instrument.quote,
    profitCurrency: instrument.quote,
    marginCurrency: contract.group === 'forex' ? instrument.base : instrument.quote,
  }
}

function price({ venue, account, now }: TerminalCall, market: Market): object {
  const { instrument, bid, ask, updatedAt } = market
  const tick = inAccountCurrency(venue.state, account, market, tickValueOf(contractOf(market), instrument.priceStep))
  return {
    symbol: instrument.venueSymbol,
    bid: exact(bid),
    ask: exact(ask),
    profitTickValue: exact(tick),
    lossTickValue: exact(tick),
    ...timesOf(updatedAt === 0 ? now : updatedAt),
  }
}

/** Backwards from the start: the last of them is the one that holds it. */
function candles(call: TerminalCall): Answer {
  const minutes = minutesOf[call.parameters['timeframe'] ?? '']
  if (minutes === undefined) return err(metaapiError('ValidationError', 'The timeframe is unknown'))
  const parsed = parse(candleQuery, call.query)
  if (!parsed.ok) return parsed
  const { startTime, limit } = parsed.value
  const market = marketNamed(call, call.parameters['symbol'] ?? '')
  if (!market.ok) return market
  const to = startTime === undefined ? undefined : Date.parse(startTime)
  const found = market.value.candles.list({ intervalMs: minutes * minuteMs, limit, to })
  return answered(found.map((candle) => candleRecord(call, market.value, candle)))
}

function candleRecord({ parameters }: TerminalCall, { instrument, bid, ask }: Market, candle: Candle): object {
  return {
    symbol: instrument.venueSymbol,
    timeframe: parameters['timeframe'],
    ...timesOf(candle.at),
    open: exact(candle.open),
    high: exact(candle.high),
    low: exact(candle.low),
    close: exact(candle.close),
    tickVolume: candle.trades,
    spread: Number((ask - bid) / instrument.priceStep),
    volume: exact(candle.volume),
  }
}

export const marketEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: `${terminalBase}/symbols`,
    cost: listCost,
    access: 'terminal',
    answer: ({ venue }) => answered(marketsOf(venue.state, venueName).map(({ instrument }) => instrument.venueSymbol)),
  },
  {
    method: 'GET',
    path: `${terminalBase}/symbols/:symbol/specification`,
    cost: 1,
    access: 'terminal',
    answer: (call) => named(call, specification),
  },
  {
    method: 'GET',
    path: `${terminalBase}/symbols/:symbol/current-price`,
    cost: 1,
    access: 'terminal',
    answer: (call) => named(call, (market) => price(call, market)),
  },
  {
    method: 'GET',
    path: `${terminalBase}/server-time`,
    cost: 1,
    access: 'terminal',
    answer: ({ venue, now }) => {
      const quotes = marketsOf(venue.state, venueName).map(({ updatedAt }) => updatedAt)
      return answered(serverTime(now, Math.max(0, ...quotes)))
    },
  },
  {
    method: 'GET',
    path: `${terminalBase}/historical-market-data/symbols/:symbol/timeframes/:timeframe/candles`,
    cost: listCost,
    access: 'terminal',
    answer: candles,
  },
]
