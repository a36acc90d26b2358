/**
 * One-minute candles of a market in market time, and the longer ones made of them.
 * Called by the fold and by the protocols' klines and day tickers. Must never grow without end: candlesMax.
 */
import { least, most, type Amount } from '../amount.ts'

export const minuteMs = 60_000
const candlesMax = 3_000

export interface Candle {
  readonly at: number
  readonly open: Amount
  high: Amount
  low: Amount
  close: Amount
  volume: Amount
  quoteVolume: Amount
  trades: number
}

export type PriceRun = Pick<Candle, 'at' | 'open' | 'high' | 'low' | 'close'>

export class Candles {
  private minutes: Candle[] = []

  /** A run of ticks within one minute. Time that goes back (a recording starts over) begins a new history. */
  add(run: PriceRun): void {
    const at = run.at - (run.at % minuteMs)
    const last = this.minutes.at(-1)
    if (last?.at === at) {
      last.high = most(last.high, run.high)
      last.low = least(last.low, run.low)
      last.close = run.close
      return
    }
    if (last !== undefined && at < last.at) this.minutes = []
    const { open, high, low, close } = run
    this.minutes.push({ at, open, high, low, close, volume: 0n, quoteVolume: 0n, trades: 0 })
    if (this.minutes.length > candlesMax * 2) this.minutes = this.minutes.slice(-candlesMax)
  }

  addTrade(quantity: Amount, quote: Amount): void {
    const last = this.minutes.at(-1)
    if (last === undefined) return
    last.volume += quantity
    last.quoteVolume += quote
    last.trades += 1
  }

  /** Oldest first, at most `limit` of the newest that match. Minutes without a tick have no candle. */
  list(query: { intervalMs: number; limit: number; from?: number | undefined; to?: number | undefined }): Candle[] {
    const grouped: Candle[] = []
    for (const minute of this.minutes) {
      if (minute.at < (query.from ?? 0) || minute.at > (query.to ?? Number.MAX_SAFE_INTEGER)) continue
      const at = minute.at - (minute.at % query.intervalMs)
      const last = grouped.at(-1)
      if (last?.at === at) join(last, minute)
      else grouped.push({ ...minute, at })
    }
    return query.from === undefined ? grouped.slice(-query.limit) : grouped.slice(0, query.limit)
  }

  /** The last 24 hours of market time as one candle. */
  day(): Candle | undefined {
    const last = this.minutes.at(-1)
    if (last === undefined) return undefined
    let day: Candle | undefined
    for (const minute of this.minutes) {
      if (minute.at <= last.at - 24 * 60 * minuteMs) continue
      if (day === undefined) day = { ...minute }
      else join(day, minute)
    }
    return day
  }
}

function join(target: Candle, next: Candle): void {
  target.high = most(target.high, next.high)
  target.low = least(target.low, next.low)
  target.close = next.close
  target.volume += next.volume
  target.quoteVolume += next.quoteVolume
  target.trades += next.trades
}
