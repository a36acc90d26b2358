/**
 * The stop of a position: where it belongs, how it is put there, and what follows when it cannot stand. Pure.
 * Called by `decide` for the next step and by the bracket for its news. Must never take a stop away before the next one stands.
 */
import { type Decimal, HUNDRED, maximum, sum, ZERO } from '@tradewire/kernel/decimal'
import type { Bracket, ClosingCause } from '../bracket/bracket.ts'
import { type Decision, later, type LegDraft, nothing, type Situation } from '../bracket/decision.ts'
import { isFinal, isPair, type Leg, openQuantity, purposeOf } from '../bracket/leg.ts'
import type { Position } from '../bracket/position.ts'
import { type SignalPlan, splitRulesOf } from '../planning/signal-plan.ts'
import { ceilTo, floorTo } from '../sizing/steps.ts'
import { splitOverTargets, type TargetPart } from './targets.ts'
import { sellsCoins } from '../planning/venue-capabilities.ts'

export interface StopPrices {
  readonly trigger: Decimal
  readonly limit: Decimal | null
}

/** The parts of what was filled, by target; less what was filled and cannot be sold. */
export function partsOf(position: Position, plan: SignalPlan, unsellable: Decimal = ZERO): readonly TargetPart[] {
  return splitOverTargets(position.opened.minus(unsellable), plan.prices.targets, splitRulesOf(plan)).parts
}

/** One stop for exactly what is held, at its price: the new one is placed before the old one is cancelled. */
export function protect(situation: Situation): Decision {
  const { bracket, position, policy, now } = situation
  if (position.remaining.lte(ZERO)) return nothing
  const stops = stopsOf(bracket.legs)
  const live = stops.filter(isLive)
  const prices = stopPrices(situation)
  const kept = stopToKeep(live, { prices, remaining: position.remaining, fills: bracket.legs.some(isFillingTarget) })
  if (kept !== undefined) {
    return kept.state === 'working' ? { ...nothing, cancel: live.filter((stop) => stop !== kept) } : nothing
  }
  const unanswered = live.filter(({ state }) => state === 'submitted').length
  if (unanswered >= policy.unansweredStopsMax) return nothing
  const waitsUntil = retryAt(stops, situation)
  if (waitsUntil !== null && now < waitsUntil) return { ...nothing, wakeAt: waitsUntil }
  return { ...nothing, submit: [stopDraft(stops.length + 1, position.remaining, prices)] }
}

/**
 * Why the position has to go because of its stop; null while it can stay. Where the price has passed the stop the market
 * order is what the stop would have done; where the venue does not take one, the follower has chosen what follows.
 */
export function stopCause(situation: Situation): ClosingCause | null {
  const { bracket, position, policy } = situation
  const stops = stopsOf(bracket.legs)
  const live = stops.filter(isLive)
  // A pair that was refused gives way to a plain stop: only that one tells that no stop can stand.
  const last = stops.at(-1)
  const newest = last === undefined || isPair(last) ? undefined : last
  const passed = newest?.state === 'rejected' && newest.reason?.code === 'WOULD_TRIGGER_IMMEDIATELY'
  if (passed && isMoved(newest, situation)) return 'stop-hit'
  if (coverOf(live, bracket.venue).gte(position.remaining)) return null
  // A stop has been hit but did not cover all: the price is through, another stop would only be late.
  if (position.stopHit && live.length === 0) return 'stop-hit'
  // Refused after it had stood: it was triggered and could not execute.
  if (passed || (newest?.state === 'rejected' && newest.acceptedAt !== null)) return 'stop-refused'
  const { onStopFailure } = bracket.exits
  if (newest === undefined || onStopFailure === 'alert') return null
  if (newest.state !== 'rejected') return stops.filter(isLost).length > policy.lostStopsMax ? 'stop-refused' : null
  const retriesMax = onStopFailure === 'flatten' ? 0 : policy.stopRetriesMax
  return inARow(stops, ({ state }) => state === 'rejected') > retriesMax ? 'stop-refused' : null
}

/** The stop that could not stand, while what it was for is not covered; one without an answer proves nothing yet. */
export function failedStop({ legs }: Pick<Bracket, 'legs'>, position: Position): Leg | null {
  if (position.remaining.lte(position.protected)) return null
  const answered = stopsOf(legs).filter(({ state }) => state !== 'submitted' && state !== 'unknown')
  // Each part that has a target of its own has its own stop.
  const newest = Map.groupBy(answered, ({ price, type }) => (isPair({ type }) ? price?.toString() : undefined))
  return [...newest.values()].map((group) => group.at(-1)!).find(hasFailed) ?? null
}

function coverOf(live: readonly Leg[], venue: Bracket['venue']): Decimal {
  const open = live.map(openQuantity)
  return sellsCoins(venue) ? sum(open) : open.reduce((most, each) => maximum(most, each), ZERO)
}

/**
 * Where the stop moves to once its target is filled: the entry price and the offset, to the side of profit. Null before
 * that, and where it would lie farther from the price than the signal's own stop.
 */
export function movedStopPrices({ bracket, position, plan }: Omit<Situation, 'policy' | 'now'>): StopPrices | null {
  const { moveStopAfterTarget, moveStopOffsetPercent } = bracket.exits
  const target = moveStopAfterTarget === null ? null : filledTarget(bracket.legs, position, plan, moveStopAfterTarget)
  if (target === null) return null
  const long = plan.side === 'buy'
  const step = plan.instrument.priceStep
  const { stop } = plan.prices
  const entry = position.entry.averagePrice ?? plan.prices.entry
  const offset = entry.times(moveStopOffsetPercent).div(HUNDRED)
  const onStep = (price: Decimal) => (long ? ceilTo(price, step) : floorTo(price, step))
  const beyond = (price: Decimal, other: Decimal) => (long ? price.gt(other) : price.lt(other))
  const shifted = onStep(long ? entry.plus(offset) : entry.minus(offset))
  // An offset that reaches the target itself would close what is left at once.
  const trigger = beyond(target, shifted) ? shifted : onStep(entry)
  if (!beyond(trigger, stop.trigger) || !beyond(target, trigger)) return null
  return { trigger, limit: stop.limit === null ? null : stop.limit.plus(trigger).minus(stop.trigger) }
}

/** The price of the target that moves the stop, once it or a farther one is filled; a part merged away moved with its neighbour. */
function filledTarget(legs: readonly Leg[], position: Position, plan: SignalPlan, after: number): Decimal | null {
  const filled = legs.filter((leg) => leg.state === 'filled' && purposeOf(leg) === 'target')
  const parts = partsOf(position, plan).filter(({ quantity }) => quantity.gt(ZERO))
  const due = parts.findLast(({ target }) => target <= after) ?? parts[0]
  if (due === undefined) return null
  const reached = ({ price, triggerPrice, watch }: Leg) => {
    const at = watch === undefined ? price : triggerPrice
    return at !== null && (plan.side === 'buy' ? at.gte(due.price) : at.lte(due.price))
  }
  return filled.some(reached) ? due.price : null
}

/** Moved, unless the venue has refused that too often: then the signal's own stop has to do. */
export function stopPrices(situation: Situation): StopPrices {
  const { bracket, plan, policy } = situation
  const moved = movedStopPrices(situation)
  if (moved === null) return plan.prices.stop
  const refused = stopsOf(bracket.legs).filter((stop) => stop.state === 'rejected' && standsAt(stop, moved))
  return refused.length > policy.stopRetriesMax ? plan.prices.stop : moved
}

function isMoved(stop: Leg, situation: Situation): boolean {
  const moved = movedStopPrices(situation)
  return moved !== null && standsAt(stop, moved)
}

function standsAt({ triggerPrice }: Leg, { trigger }: StopPrices): boolean {
  return triggerPrice !== null && triggerPrice.eq(trigger)
}

interface Wanted {
  readonly prices: StopPrices
  readonly remaining: Decimal
  /** A target is filling at this moment. */
  readonly fills: boolean
}

/**
 * The live stop that fits what is held. While a target is still filling one that is too large fits as well: it only
 * reduces, and it will be replaced once, when the target is done.
 */
function stopToKeep(live: readonly Leg[], { prices, remaining, fills }: Wanted): Leg | undefined {
  const placed = live.filter((stop) => standsAt(stop, prices))
  const fitting = placed.filter((stop) => openQuantity(stop).eq(remaining))
  const large = fills ? placed.filter((stop) => openQuantity(stop).gt(remaining)) : []
  return [...fitting, ...large].toSorted(bySize).find(({ state }) => state === 'working') ?? fitting[0] ?? large[0]
}

/** When a stop may be asked for again after failures in a row; null for at once. */
export function retryAt(stops: readonly Leg[], { policy }: Situation): string | null {
  const newest = stops.at(-1)
  const failed = inARow(stops, hasFailed)
  const most = newest !== undefined && isLost(newest) ? policy.lostStopsMax : policy.stopRetriesMax
  if (newest === undefined || failed <= most) return null
  const waitMs = policy.stopRetryMs[Math.min(failed - most, policy.stopRetryMs.length) - 1] ?? 0
  return later(newest.observedAt ?? newest.submittedAt, waitMs)
}

export function stopDraft(number: number, quantity: Decimal, { trigger, limit }: StopPrices): LegDraft {
  return {
    leg: `stop-${number}`,
    purpose: 'stop',
    type: limit === null ? 'stop-market' : 'stop-limit',
    quantity,
    price: limit,
    triggerPrice: trigger,
    callbackRatePercent: null,
  }
}

export function stopsOf(legs: readonly Leg[]): Leg[] {
  return legs.filter(({ purpose }) => purpose === 'stop')
}

function isLive(stop: Leg): boolean {
  return !isFinal(stop) && !stop.cancelRequested
}

/** Somebody else has ended it. */
function isLost({ state, cancelRequested }: Leg): boolean {
  return state === 'cancelled' && !cancelRequested
}

export function hasFailed(stop: Leg): boolean {
  return stop.state === 'rejected' || isLost(stop)
}

/** How many of the newest, one after the other. */
function inARow(stops: readonly Leg[], is: (stop: Leg) => boolean): number {
  const other = stops.findLastIndex((stop) => !is(stop))
  return stops.length - 1 - other
}

function bySize(a: Leg, b: Leg): number {
  return openQuantity(a).cmp(openQuantity(b))
}

function isFillingTarget(leg: Leg): boolean {
  return leg.purpose === 'target' && !isFinal(leg) && leg.filledQuantity.gt(ZERO)
}
