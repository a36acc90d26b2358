/**
 * When a failed delivery is tried again, and when an endpoint is given up (rule R16).
 * Called by the deliver use case. Must never retry at once: a struggling endpoint needs room.
 */
import type { Randomness } from '@tradewire/kernel/randomness'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Waits after the first to the ninth failure: ten attempts over 75 h 35 min 5 s. */
export const retryWaitsMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]
export const attemptsMax = retryWaitsMs.length + 1
/** A throttled or silent endpoint gets at least this. */
const throttledWaitMs = minute
const retryAfterMaxMs = 24 * hour
/** Each wait is stretched or shortened by up to this share, so that retries of one outage spread out. */
const jitterShare = 0.2
/** An endpoint with nothing but failures for this long is switched off. */
export const failingMaxMs = 5 * 24 * hour

export interface AttemptOutcome {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null
  /** The endpoint's own wish, if it gave one. */
  readonly retryAfterMs: number | null
  /** It says that it is gone for good: a webhook by 410, a chat by blocking the bot. */
  readonly gone: boolean
}

export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'retry'; readonly waitMs: number }
  | { readonly kind: 'exhausted' }

/** `attempt` counts from 1. */
export function judge(outcome: AttemptOutcome, attempt: number, randomness: Randomness): Verdict {
  const { status, retryAfterMs, gone } = outcome
  if (status !== null && status >= 200 && status < 300) return { kind: 'delivered' }
  if (gone) return { kind: 'gone' }
  const baseMs = retryWaitsMs[attempt - 1]
  if (baseMs === undefined) return { kind: 'exhausted' }
  const jittered = baseMs * (1 - jitterShare + 2 * jitterShare * randomness.fraction())
  const throttled = status === null || status === 429 || status === 502 || status === 504
  const leastMs = Math.max(throttled ? throttledWaitMs : 0, Math.min(retryAfterMs ?? 0, retryAfterMaxMs))
  return { kind: 'retry', waitMs: Math.round(Math.max(jittered, leastMs)) }
}

/** Retry-After in seconds or as an HTTP date, in milliseconds from now; null when absent or unreadable. */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  if (/^\d{1,9}$/.test(header)) return Number(header) * second
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
