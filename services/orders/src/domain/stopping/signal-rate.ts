/**
 * When a source sends so many more signals than usual that something must be wrong with it. Pure.
 * Called before a signal is planned. Must never call a source wrong that is merely busy: few a minute always pass.
 */

/** Signals of one strategy that were planned, with the one that is coming. */
export interface SignalRate {
  readonly lastMinute: number
  readonly lastDay: number
}

export interface RateAnomaly {
  readonly perMinute: number
  readonly allowedPerMinute: number
}

export const minuteMs = 60_000
const minutesOfDay = 1_440
export const dayMs = minutesOfDay * minuteMs
/** So many times the average minute of a day. */
const timesNormalMax = 10

/** `perMinuteMin` is what is never too much, however quiet the day was. */
export function rateAnomaly({ lastMinute, lastDay }: SignalRate, perMinuteMin: number): RateAnomaly | null {
  const allowedPerMinute = Math.max(perMinuteMin, Math.ceil((lastDay * timesNormalMax) / minutesOfDay))
  return lastMinute > allowedPerMinute ? { perMinute: lastMinute, allowedPerMinute } : null
}

export function anomalyReason({ perMinute, allowedPerMinute }: RateAnomaly): string {
  return `${perMinute} signals in a minute; ${allowedPerMinute} are the most that this source may send before somebody looks at it.`
}
