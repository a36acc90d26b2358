/**
 * The venue's symbols as our instruments; quantities are lots. Called by the session.
 * Must never let two of the venue's symbols have one name of ours.
 */
import { type TradingWindow, weekdays } from '@tradewire/contracts/trade-settings'
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { decimal, ONE } from '@tradewire/kernel/decimal'
import { lettersOf } from '#domain/instruments/symbol-text'
import type { SymbolRecord, TradingHours } from './xapi-records.wire.ts'

const digitsMax = 10

/** EURUSD is EUR/USD, US500 is US500/USD: what is traded, over the currency of its profit. Null when nothing is left. */
export function symbolOf({ symbol, currency, currencyPair, currencyProfit }: SymbolRecord): string | null {
  const base = lettersOf(currencyPair ? currency : symbol)
  const quote = lettersOf(currencyProfit)
  return base === '' || quote === '' ? null : `${base}/${quote}`
}

export interface Listed {
  readonly instrument: VenueInstrument
  /** The venue's own name. */
  readonly name: string
  /** What one currency costs in another; null for what is no pair of currencies. */
  readonly rate: string | null
}

/** By our symbol; of two that would have the same one the first stays. */
export function listedOf(records: readonly SymbolRecord[]): ReadonlyMap<string, Listed> {
  const listed = new Map<string, Listed>()
  for (const record of records) {
    const symbol = symbolOf(record)
    const { precision } = record
    if (symbol === null || listed.has(symbol) || precision < 0 || precision > digitsMax) continue
    if (decimal(record.lotStep).lte('0') || decimal(record.contractSize).lte('0')) continue
    const [base = '', quote = ''] = symbol.split('/')
    const instrument: VenueInstrument = {
      symbol,
      kind: 'perpetual',
      base,
      quote,
      active: true,
      priceStep: ONE.div(`1${'0'.repeat(precision)}`).toString(),
      quantityStep: decimal(record.lotStep).toString(),
      minimumQuantity: decimal(record.lotMin).toString(),
      maximumQuantity: decimal(record.lotMax).toString(),
      minimumNotional: '0',
      contractSize: decimal(record.contractSize).toString(),
    }
    listed.set(symbol, {
      instrument,
      name: record.symbol,
      rate: record.currencyPair ? decimal(record.bid).toString() : null,
    })
  }
  return listed
}

/** The venue's hours are those of central Europe, summer time included. */
const timeZone = 'Europe/Warsaw'
const dayMs = 86_400_000
const hourMs = 3_600_000
const minuteMs = 60_000

function timeOfDay(ms: number): string {
  const inDay = ms % dayMs
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two(inDay / hourMs)}:${two((inDay % hourMs) / minuteMs)}`
}

/** When a symbol is traded; null for always, and for hours that cannot be read. */
export function tradingWindowsOf({ trading }: TradingHours): TradingWindow[] | null {
  const hours = trading.filter(({ day, fromT, toT }) => day >= 1 && day <= weekdays.length && fromT >= 0 && toT > fromT)
  const always = new Set(hours.filter(({ fromT, toT }) => fromT === 0 && toT >= dayMs).map(({ day }) => day))
  if (hours.length === 0 || always.size === weekdays.length) return null
  const spans = Map.groupBy(hours, ({ fromT, toT }) => `${timeOfDay(fromT)} ${timeOfDay(toT)}`)
  return [...spans].map(([span, days]) => {
    const [from = '', to = ''] = span.split(' ')
    return { timeZone, days: [...new Set(days.map(({ day }) => weekdays[day % weekdays.length]!))], from, to }
  })
}
