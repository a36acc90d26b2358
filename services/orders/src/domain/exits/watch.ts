/**
 * Exits that the venue has no order for: the price is watched, and the order is sent when it gets there. Pure.
 * Called by the deciding rules and by the bracket. Must never send anything before its price has come.
 */
import { type Decimal, minimum, sum, ZERO } from '@tradewire/kernel/decimal'
import type { Bracket } from '../bracket/bracket.ts'
import { isSettled, unsellableOf } from './coin-exits.ts'
import { type Decision, type LegDraft, nothing, type Situation } from '../bracket/decision.ts'
import { afterEvidence, isFinal, isWatching, type Leg, type Watch } from '../bracket/leg.ts'
import { partsOf } from './stops.ts'
import { targetLegName, targetTries } from './target-legs.ts'
import { isEmulated } from '../planning/venue-capabilities.ts'

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
    watch: begun(now),
  }
  return { ...nothing, submit: [draft] }
}

/** The targets of a venue whose stops lock the coins: each part keeps its stop until its price has come. */
export function watchTargets(situation: Situation): Decision {
  const { bracket, position, plan, now } = situation
  if (!isEmulated(bracket.venue, 'target') || !isSettled(situation) || position.remaining.lte(ZERO)) return nothing
  const submit: LegDraft[] = []
  for (const part of partsOf(position, plan, unsellableOf(bracket.losses))) {
    const tries = targetTries(bracket.legs, part.target)
    const quantity = minimum(part.quantity.minus(soldBy(tries)), position.remaining)
    if (quantity.lte(ZERO) || !mayBeTried(tries, situation)) continue
    submit.push({
      leg: targetLegName(part.target, tries.length + 1),
      purpose: 'target',
      type: 'take-profit-market',
      quantity,
      price: null,
      triggerPrice: part.price,
      callbackRatePercent: null,
      watch: begun(now),
    })
  }
  return { ...nothing, submit }
}

/** A sale that the venue refused, or did not execute whole, is watched for again so often; then its part rides with the stop. */
function mayBeTried(tries: readonly Leg[], { policy }: Situation): boolean {
  return tries.every(isFinal) && tries.length <= policy.targetRetriesMax
}

function soldBy(tries: readonly Leg[]): Decimal {
  return sum(tries.map(({ filledQuantity }) => filledQuantity))
}

function begun(since: string): Watch {
  return { since, firedAt: null, firedPrice: null, bestPrice: null, blindSince: null }
}

/** What was watched for ends with the trade; what has not fired ends as soon as the position goes another way. */
export function endWatches(legs: Bracket['legs'], state: Bracket['state'], now: string): Bracket['legs'] {
  const over = state === 'closed' || state === 'failed'
  const goes = (leg: Leg) => state === 'closing' && (isWatching(leg) || leg.purpose === 'target')
  const ends = (leg: Leg) => leg.state === 'watching' && (over || goes(leg))
  if (!legs.some(ends)) return legs
  return legs.map((leg) =>
    ends(leg) ? { ...leg, state: afterEvidence(leg.state, 'not-needed'), cancelRequested: true, observedAt: now } : leg,
  )
}
