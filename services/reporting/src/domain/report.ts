/**
 * Which week or month is over, and what its report says in words. Called by the use case that makes reports. Pure.
 * Must never speak of a period that is not over, nor round a figure.
 */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { reportMade } from '@tradewire/contracts/events/notices'

export type Report = DataOf<typeof reportMade>
export type ReportPeriod = Report['period']

export interface Period {
  readonly from: Date
  /** The first moment that does not belong to it. */
  readonly until: Date
}

const dayMs = 86_400_000
/** Trades that were closed at the end of a period are in the ledger by then. */
const settleMs = 600_000

/** The last one that is over: a week begins on Monday, a month on its first day, both in UTC. */
export function lastPeriod(period: ReportPeriod, now: Date): Period {
  const settled = new Date(now.getTime() - settleMs)
  const [year, month, day] = [settled.getUTCFullYear(), settled.getUTCMonth(), settled.getUTCDate()]
  if (period === 'monthly') {
    return { from: new Date(Date.UTC(year, month - 1, 1)), until: new Date(Date.UTC(year, month, 1)) }
  }
  const sinceMonday = (settled.getUTCDay() + 6) % 7
  const until = new Date(Date.UTC(year, month, day - sinceMonday))
  return { from: new Date(until.getTime() - 7 * dayMs), until }
}

type Result = Report['results'][number]

/** Of one user; the results are by currency. */
export function reportOf(
  { period, from, until }: Period & { readonly period: ReportPeriod },
  { userId, tradesClosed, results }: Pick<Report, 'userId' | 'tradesClosed' | 'results'>,
  now: Date,
): Report {
  const count = tradesClosed === 1 ? '1 trade' : `${tradesClosed} trades`
  const last = new Date(until.getTime() - dayMs)
  const was = tradesClosed === 1 ? 'was' : 'were'
  return {
    userId,
    period,
    from: from.toISOString(),
    until: until.toISOString(),
    tradesClosed,
    results,
    title: `Your ${period === 'weekly' ? 'week' : 'month'}: ${count} closed`,
    text: `${count} ${was} closed from ${dayOf(from)} to ${dayOf(last)}: ${results.map(wordsOf).join('; ')}.`,
    madeAt: now.toISOString(),
  }
}

function wordsOf({ currency, realizedPnl, fees }: Result): string {
  return `${realizedPnl} ${currency} after fees of ${fees} ${currency}`
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
