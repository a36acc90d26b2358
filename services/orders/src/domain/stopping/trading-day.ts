/**
 * When the days, weeks and months begin by which losses are counted, by the clock of a time zone.
 * Called by the loss limits. Must never use the machine's own time zone.
 */
import type { LossPeriod, TradingDay } from '@tradewire/contracts/trade-settings'

export type CalendarPeriod = Exclude<LossPeriod, 'lifetime'>

export interface Span {
  readonly startsAt: Date
  /** Not included. */
  readonly endsAt: Date
}

/** Where nobody says another. */
export const midnightUtc: TradingDay = { timeZone: 'UTC', from: '00:00' }

const minuteMs = 60_000
const dayMs = 86_400_000
const weekDays = 7

/** The period that holds this moment. Each ends where the next begins, also when clocks are changed. */
export function periodAround(period: CalendarPeriod, { timeZone, from }: TradingDay, now: Date): Span {
  const fromMs = (Number(from.slice(0, 2)) * 60 + Number(from.slice(3))) * minuteMs
  const localMs = now.getTime() + offsetMs(timeZone, now.getTime())
  const start = (number: number) => instantOf(localStart(period, localMs - fromMs, number) + fromMs, timeZone)
  // A start that falls into the hour which a clock leaves out is moved by it, so the neighbours are asked as well.
  const [earlier, same, next] = [start(-1), start(0), start(1)]
  if (now.getTime() >= next) return spanOf(next, start(2))
  return now.getTime() >= same ? spanOf(same, next) : spanOf(earlier, same)
}

function spanOf(startMs: number, endMs: number): Span {
  return { startsAt: new Date(startMs), endsAt: new Date(endMs) }
}

/** Local midnight that begins the period `number` after the one around the local moment; both as if they were UTC. */
function localStart(period: CalendarPeriod, localMs: number, number: number): number {
  const local = new Date(localMs)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  switch (period) {
    case 'day':
      return Date.UTC(year, month, day) + number * dayMs
    case 'week': {
      const sinceMonday = (local.getUTCDay() + weekDays - 1) % weekDays
      return Date.UTC(year, month, day) + (number * weekDays - sinceMonday) * dayMs
    }
    case 'month':
      return Date.UTC(year, month + number, 1)
  }
}

function instantOf(localMs: number, timeZone: string): number {
  const guessMs = localMs - offsetMs(timeZone, localMs)
  return localMs - offsetMs(timeZone, guessMs)
}

/** One per time zone in use: making one costs far more than asking it. */
const clocks = new Map<string, Intl.DateTimeFormat>()

/** How far the zone's clock is ahead of UTC at this instant. */
function offsetMs(timeZone: string, atMs: number): number {
  if (timeZone === midnightUtc.timeZone) return 0
  let clock = clocks.get(timeZone)
  if (clock === undefined) {
    const two = '2-digit'
    const date = { year: 'numeric', month: two, day: two } as const
    const time = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const
    clock = new Intl.DateTimeFormat('en-US', { timeZone, ...date, ...time })
    clocks.set(timeZone, clock)
  }
  const parts = new Map(clock.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]))
  const [year, month, day] = [parts.get('year')!, parts.get('month')!, parts.get('day')!]
  const localMs = Date.UTC(year, month - 1, day, parts.get('hour'), parts.get('minute'), parts.get('second'))
  return localMs - Math.floor(atMs / 1_000) * 1_000
}
