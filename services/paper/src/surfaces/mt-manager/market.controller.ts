/**
 * The server itself, its symbols, prices and bars, and the margin of its users. Called by the server.
 * Must never tell a price that no market has.
 */
import { err } from '@tradewire/kernel/result'
import type { Candle } from '#domain/books/candles'
import { marketsOf, type Market } from '#domain/state'
import {
  answered,
  exact,
  listed,
  type ManagerCall,
  type ManagerOperation,
  marketNamed,
  serverTimeText,
  serverZoneHours,
  timeText,
  userNamed,
  usersOf,
  accountOf,
} from './call.wire.ts'
import { invalid, notFound, type Answer } from './envelope.wire.ts'
import { marginRecord, symbolConfig, symbolGroups, symbolInfo, tickInfo } from './record.map.ts'
import { venueName } from './token.wire.ts'

const minuteMs = 60_000
const minutesOf: Readonly<Record<string, number>> = {
  M1: 1,
  M5: 5,
  M15: 15,
  M30: 30,
  H1: 60,
  H4: 240,
  D1: 1_440,
  W1: 10_080,
  Mn1: 43_200,
}
const barsMax = 5_000
const program = { build: 1_420, version: 400 }

function named(call: ManagerCall, name: string | null | undefined, view: (market: Market) => unknown): Answer {
  if (name === null || name === undefined || name === '') return err(invalid('symbol: must be given'))
  const market = marketNamed(call, name)
  return market.ok ? answered(view(market.value)) : market
}

function every(call: ManagerCall, view: (market: Market) => unknown): Answer {
  const markets = marketsOf(call.venue.state, venueName)
  return listed(
    markets.toSorted((one, other) => (one.instrument.venueSymbol < other.instrument.venueSymbol ? -1 : 1)),
    view,
  )
}

function bars(call: ManagerCall): Answer {
  const minutes = minutesOf[call.query.get('period') ?? 'M1']
  if (minutes === undefined) return err(invalid('period: is not known'))
  const [from, to] = ['start', 'end'].map((name) => {
    const text = call.query.get(name)
    return text === null ? undefined : Date.parse(text)
  })
  if (Number.isNaN(from) || Number.isNaN(to)) return err(invalid('start, end: must be ISO 8601'))
  const market = marketNamed(call, call.parameters['symbol'])
  if (!market.ok) return market
  const found = market.value.candles.list({ intervalMs: minutes * minuteMs, limit: barsMax, from, to })
  return listed(found, (candle: Candle) => ({
    time: timeText(candle.at),
    open: exact(candle.open),
    high: exact(candle.high),
    low: exact(candle.low),
    close: exact(candle.close),
    volume: candle.trades,
  }))
}

function margin(call: ManagerCall, source: 'pump' | 'live'): Answer {
  const user = userNamed(call)
  if (!user.ok) return user
  if (source === 'pump' && accountOf(call, user.value).tickets.size === 0) {
    return err(notFound(`the login ${user.value.login} has no open trades`))
  }
  return answered(marginRecord(call, user.value))
}

function margins(call: ManagerCall): Answer {
  const users = usersOf(call).filter((user) => accountOf(call, user).tickets.size > 0)
  return listed(users, (user) => marginRecord(call, user))
}

const kind = 'MT4'
const info = (call: ManagerCall) => (market: Market) => symbolInfo(market, call.now)
const tick = (call: ManagerCall) => (market: Market) => tickInfo(market, call.now)

export const marketOperations: readonly ManagerOperation[] = [
  { method: 'GET', kind, path: 'ServerTime', answer: ({ now }) => answered(serverTimeText(now)) },
  {
    method: 'GET',
    kind,
    path: 'ManagerCommon',
    answer: () => answered({ name: 'Tradewire-Demo', owner: 'Tradewire Demo', ...program, timeZone: serverZoneHours }),
  },
  {
    method: 'GET',
    kind,
    path: 'SymbolInfoGet',
    answer: (call) => named(call, call.query.get('symbol'), info(call)),
  },
  { method: 'GET', kind, path: 'SymbolInfoUpdated', paged: true, answer: (call) => every(call, info(call)) },
  { method: 'GET', kind, path: 'CfgRequestSymbol', answer: (call) => every(call, symbolConfig) },
  {
    method: 'GET',
    kind,
    path: 'CfgRequestSymbol/{symbol}',
    answer: (call) => named(call, call.parameters['symbol'], symbolConfig),
  },
  { method: 'GET', kind, path: 'TickInfoLast', answer: (call) => every(call, tick(call)) },
  {
    method: 'GET',
    kind,
    path: 'TickInfoLast/{symbol}',
    answer: (call) => named(call, call.parameters['symbol'], tick(call)),
  },
  {
    method: 'GET',
    kind,
    path: 'SymbolsGroupsGet',
    answer: () => listed(symbolGroups, (name) => ({ name, description: '' })),
  },
  { method: 'GET', kind, path: 'ChartRequest/{symbol}', answer: bars },
  { method: 'GET', kind, path: 'MarginLevelGet/{login}', answer: (call) => margin(call, 'pump') },
  { method: 'GET', kind, path: 'MarginLevelRequest/{login}', answer: (call) => margin(call, 'live') },
  { method: 'GET', kind, path: 'MarginsGet', answer: margins },
]
