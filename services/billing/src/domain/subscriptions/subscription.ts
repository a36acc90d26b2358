/**
 * Where a subscription stands, from facts that only grow and the time. Called whenever either has changed.
 * Must never go back: a period that was paid stays paid, and an end is an end.
 */

export interface SubscriptionFacts {
  /** Null until the first payment. */
  readonly paidThrough: Date | null
  /** Of the period that could not be paid last; null when none ever failed. */
  readonly failedFrom: Date | null
  /** From when on it is over for good, as the earliest that was said; null while nobody ended it. */
  readonly endsAt: Date | null
}

export const nothingPaid: SubscriptionFacts = { paidThrough: null, failedFrom: null, endsAt: null }

/** `lapsed`: nothing is given any more, but a late payment would begin it anew. `ended`: over for good. */
export const standings = ['incomplete', 'active', 'past-due', 'lapsed', 'ended'] as const
export type Standing = (typeof standings)[number]

/** Of one subject each user has at most one that is. */
export function isInForce({ standing }: { readonly standing: Standing }): boolean {
  return standing === 'incomplete' || standing === 'active' || standing === 'past-due'
}

export interface StandingRules {
  /** How long after the paid time it goes on while a payment is tried again. */
  readonly graceMs: number
  /** How long the first payment may take. */
  readonly firstPaymentWithinMs: number
}

/** All that is in either. */
export function joined(known: SubscriptionFacts, seen: SubscriptionFacts): SubscriptionFacts {
  return {
    paidThrough: latest(known.paidThrough, seen.paidThrough),
    failedFrom: latest(known.failedFrom, seen.failedFrom),
    endsAt: earliest(known.endsAt, seen.endsAt),
  }
}

/** A trial is served to its end, also where its provider ends it at once because nothing was charged yet. */
export function inTrial({ begunAt, anchorAt }: Begun, seen: SubscriptionFacts): SubscriptionFacts {
  const isTrial = seen.paidThrough === null && anchorAt > begunAt
  return isTrial && seen.endsAt !== null && seen.endsAt < anchorAt ? { ...seen, endsAt: anchorAt } : seen
}

export interface StandingNow {
  readonly standing: Standing
  /** What it gives is there until then; null before the first payment. */
  readonly servedUntil: Date | null
  /** When time alone changes the standing; null when it never does. */
  readonly nextChangeAt: Date | null
}

/** When it was begun, and when its first period begins: later where a trial comes first. */
export interface Begun {
  readonly begunAt: Date
  readonly anchorAt: Date
}

export function standingOf(facts: SubscriptionFacts, begun: Begun, now: Date, rules: StandingRules): StandingNow {
  const { paidThrough, endsAt } = facts
  const { begunAt, anchorAt } = begun
  if (paidThrough === null && anchorAt > begunAt) return trialOf(earliest(endsAt, anchorAt)!, endsAt, now)
  if (paidThrough === null) {
    const givenUpAt = earliest(endsAt, later(begunAt, rules.firstPaymentWithinMs))!
    const isEnded = endsAt !== null && now >= endsAt
    if (now < givenUpAt) return { standing: 'incomplete', servedUntil: null, nextChangeAt: givenUpAt }
    return { standing: isEnded ? 'ended' : 'lapsed', servedUntil: null, nextChangeAt: isEnded ? null : endsAt }
  }
  const graceEndsAt = later(paidThrough, rules.graceMs)
  const servedUntil = earliest(endsAt, graceEndsAt)!
  if (endsAt !== null && now >= endsAt) return { standing: 'ended', servedUntil, nextChangeAt: null }
  if (now >= graceEndsAt) return { standing: 'lapsed', servedUntil, nextChangeAt: endsAt }
  const isFailed = facts.failedFrom !== null && facts.failedFrom >= paidThrough
  if (now >= paidThrough || isFailed) return { standing: 'past-due', servedUntil, nextChangeAt: servedUntil }
  return { standing: 'active', servedUntil, nextChangeAt: earliest(endsAt, paidThrough) }
}

/** No days of grace: nothing was paid yet. */
function trialOf(servedUntil: Date, endsAt: Date | null, now: Date): StandingNow {
  if (endsAt !== null && now >= endsAt) return { standing: 'ended', servedUntil, nextChangeAt: null }
  if (now >= servedUntil) return { standing: 'lapsed', servedUntil, nextChangeAt: endsAt }
  return { standing: 'active', servedUntil, nextChangeAt: servedUntil }
}

/** Whether a move from one standing to another goes forward; within the same paid time, or into a later one. */
export function isForward(
  from: { readonly standing: Standing; readonly paidThrough: Date | null },
  to: { readonly standing: Standing; readonly paidThrough: Date | null },
): boolean {
  if (from.standing === 'ended') return to.standing === 'ended'
  const paid = (to.paidThrough?.getTime() ?? 0) - (from.paidThrough?.getTime() ?? 0)
  if (paid !== 0) return paid > 0
  return standings.indexOf(to.standing) >= standings.indexOf(from.standing)
}

function later(date: Date, byMs: number): Date {
  return new Date(date.getTime() + byMs)
}

function latest(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right
  return left >= right ? left : right
}

function earliest(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right
  return left <= right ? left : right
}
