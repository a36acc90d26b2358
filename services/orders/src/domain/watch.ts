/**
 * Exits that the venue has no order for: the price is watched, and the order is sent when it gets there. Pure.
 * Called by the deciding rules and by the bracket. Must never send anything before its price has come.
 */
import { ZERO } from '@tradewire/kernel/decimal'
import type { Bracket } from './bracket.ts'
import { type Decision, type LegDraft, nothing, type Situation } from './decision.ts'
import { isWatching, type Leg } from './leg.ts'
import { isEmulated } from './venue-capabilities.ts'

/** The trailing stop of a venue that has none: it locks nothing, and will sell whatever is left by then. */
export function watchTrail({ bracket, position, plan, now }: Situation): Decision {
  const { trailing } = plan.prices
  if (trailing === null || !isEmulated(bracket.venue, 'trailing')) return nothing
  if (!position.entryFinal || position.remaining.lte(ZERO)) return nothing
  if (bracket.legs.some(({ purpose }) => purpose === 'trailing')) return nothing
  const draft: LegDraft = {
    leg: 'trailing-1',
    purpose: 'trailing',
    type: 'trailing-stop',
    quantity: position.remaining,
    price: null,
    triggerPrice: trailing.activation,
    callbackRatePercent: trailing.callbackRatePercent,
    watch: { since: now, firedAt: null, firedPrice: null, bestPrice: null, blindSince: null },
  }
  return { ...nothing, submit: [draft] }
}

/** What was watched for ends with the trade; what has not fired ends as soon as the position goes another way. */
export function endWatches(legs: Bracket['legs'], state: Bracket['state'], now: string): Bracket['legs'] {
  const over = state === 'closed' || state === 'failed'
  const ends = (leg: Leg) => leg.state === 'watching' && (over || (state === 'closing' && isWatching(leg)))
  if (!legs.some(ends)) return legs
  return legs.map((leg) => (ends(leg) ? { ...leg, state: 'cancelled', cancelRequested: true, observedAt: now } : leg))
}
