/**
 * Whether a moment lies in a trading window, by the clock of the window's time zone.
 * Called by the gate. Must never use the machine's own time zone.
 */
import { type TradingWindow, weekdays } from '@tradewire/contracts/trade-settings'

const dayMinutes = 1_440
/** One per time zone in use: making one costs far more than asking it. */
const clocks = new Map<string, Intl.DateTimeFormat>()

export function isOpen({ timeZone, days, from, to }: TradingWindow, now: Date): boolean {
  const { day, minute } = localTime(timeZone, now)
  const opens = (of: number) => days.includes(weekdays[(of + weekdays.length) % weekdays.length]!)
  const [start, end] = [minuteOf(from), minuteOf(to)]
  if (start < end) return opens(day) && minute >= start && minute < end
  // It runs past midnight: the evening belongs to its own day, the morning to the day before.
  return (opens(day) && minute >= start) || (opens(day - 1) && minute < end)
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function localTime(timeZone: string, now: Date): { readonly day: number; readonly minute: number } {
  let clock = clocks.get(timeZone)
  if (clock === undefined) {
    const options = { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    clock = new Intl.DateTimeFormat('en-US', options)
    clocks.set(timeZone, clock)
  }
  const parts = new Map(clock.formatToParts(now).map(({ type, value }) => [type, value]))
  const day = weekdays.findIndex((name) => name === parts.get('weekday')?.toLowerCase())
  return { day, minute: minuteOf(`${parts.get('hour')}:${parts.get('minute')}`) % dayMinutes }
}
