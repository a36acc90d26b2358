/**
 * The generic cell rate algorithm: a full minute's requests at once, then one each time a part of the minute passed.
 * Called by the local limiter; the script for Redis does the same. Must never need more than one number per key.
 */
export interface RateRule {
  /** Requests a minute. */
  readonly limit: number
}

export interface RateDecision {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Until the whole limit is free again. */
  readonly resetSeconds: number
  /** Until one more request is allowed; 0 when it was. */
  readonly retryAfterSeconds: number
}

export const rateWindowMs = 60_000

/** `usedUntilMs` is when all that was used so far is given back; answers the new value to keep. */
export function takeOne(
  usedUntilMs: number | undefined,
  { limit }: RateRule,
  nowMs: number,
): { readonly usedUntilMs: number; readonly decision: RateDecision } {
  const stepMs = rateWindowMs / limit
  const before = Math.max(usedUntilMs ?? nowMs, nowMs)
  const after = before + stepMs
  const allowed = after - nowMs <= rateWindowMs + 0.001
  const kept = allowed ? after : before
  return { usedUntilMs: kept, decision: decisionOf(allowed, kept - nowMs, limit) }
}

/** The decision in words, of how much of the minute is used up. */
export function decisionOf(allowed: boolean, usedMs: number, limit: number): RateDecision {
  const stepMs = rateWindowMs / limit
  return {
    allowed,
    limit,
    remaining: Math.max(0, Math.floor((rateWindowMs - usedMs) / stepMs + 0.001)),
    resetSeconds: Math.ceil(usedMs / 1_000),
    retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((usedMs + stepMs - rateWindowMs) / 1_000)),
  }
}
