/**
 * The exits of a position that is coins: each locks what it sells, so a stop and a target over the same coins are one order.
 * Called by `decide` and by the bracket; pure. Must never offer coins twice, nor bare one part while another is not covered.
 */
import { type Decimal, HUNDRED, minimum, sum, ZERO } from '@tradewire/kernel/decimal'
import type { Bracket } from '../bracket/bracket.ts'
import { type Decision, type ExitPolicy, later, type LegDraft, nothing, type Situation } from '../bracket/decision.ts'
import { hasFired, isFinal, isPair, type Leg, openQuantity } from '../bracket/leg.ts'
import { hasBegun } from '../bracket/position.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'
import { floorTo } from '../sizing/steps.ts'
import { hasFailed, partsOf, retryAt, stopDraft, type StopPrices, stopPrices, stopsOf } from './stops.ts'
import { targetTries } from './target-legs.ts'
import { isEmulated, sellsCoins } from '../planning/venue-capabilities.ts'

/** One order that shall stand. */
interface Wanted {
  readonly quantity: Decimal
  readonly stop: StopPrices
  /** Null: a stop alone. */
  readonly target: Decimal | null
}

/** One order for each part of what is held; what stands elsewhere ends first, for its coins are locked. */
export function coverCoins(situation: Situation): Decision {
  const { bracket, position, plan } = situation
  if (position.remaining.lte(ZERO)) return nothing
  const exits = stopsOf(bracket.legs)
  const live = exits.filter((leg) => !isFinal(leg))
  const selling = bracket.legs.filter((leg) => leg.purpose === 'target' && leg.state !== 'watching' && !isFinal(leg))
  const free = position.remaining.minus(sum([...live, ...selling].map(openQuantity)))
  if (!isSettled(situation)) return coverMore(situation, free)
  const { missing, misplaced } = compare(live, wantedOf(situation))
  const ending = endBegun(situation, live)
  const sellable = missing.filter(({ quantity }) => !isUnsellable(quantity, plan))
  const stand = misplaced.length === 0 && live.every((leg) => leg.state === 'working' && !leg.cancelRequested)
  if (stand && missing.length > 0 && sellable.length === 0) {
    const crumbs = sum(missing.map(({ quantity }) => quantity))
    return { ...nothing, ...ending, gone: { quantity: crumbs, reason: 'unsellable' } }
  }
  const sales = sellAtTargets(bracket.legs, free)
  const placing = place(situation, sellable, free.minus(sum(sales.map(({ quantity }) => quantity))))
  const submit = [...sales, ...placing.submit]
  const moving = live.some((leg) => leg.state !== 'working' || leg.cancelRequested) || submit.length > 0
  const cancel = moving ? ending.cancel : [...ending.cancel, ...misplaced.slice(0, 1)]
  return { ...placing, submit, cancel, wakeAt: earlier(placing.wakeAt, ending.wakeAt) }
}

/** Targets whose price has come are sold by market as soon as the stops of their parts have let go of the coins. */
function sellAtTargets(legs: readonly Leg[], free: Decimal): LegDraft[] {
  const sales: LegDraft[] = []
  let room = free
  for (const leg of legs) {
    if (leg.purpose !== 'target' || leg.state !== 'watching' || !hasFired(leg) || leg.quantity.gt(room)) continue
    room = room.minus(leg.quantity)
    const { type, quantity, price, triggerPrice, callbackRatePercent, watch } = leg
    sales.push({
      leg: leg.leg,
      purpose: 'target',
      type,
      quantity,
      price,
      triggerPrice,
      callbackRatePercent,
      watch: watch!,
    })
  }
  return sales
}

/** Coins that the fee of the entry was paid in and that no loss has taken off yet; with the rest of a step that they break. */
export function feeInCoins(
  { venue, legs, losses }: Pick<Bracket, 'venue' | 'legs' | 'losses'>,
  { plan, policy, now }: Pick<Situation, 'plan' | 'policy' | 'now'>,
): Decimal {
  const [entry] = legs
  if (!sellsCoins(venue) || entry === undefined || entry.filledQuantity.lte(ZERO)) return ZERO
  const { base, quantityStep } = plan.instrument
  const told = entry.feeCurrency === base ? entry.fee : ZERO
  const fee = entry.feeCurrency === null && !awaitsFee(entry, policy, now) ? presumedFee(entry, policy) : told
  const kept = floorTo(entry.filledQuantity.minus(fee), quantityStep)
  return entry.filledQuantity.minus(kept).minus(unsellableOf(losses))
}

/** Less than the venue takes an order for, even at the stop. */
export function isUnsellable(quantity: Decimal, { instrument, prices }: SignalPlan): boolean {
  const notional = quantity.times(instrument.contractSize).times(prices.stop.trigger)
  return quantity.lt(instrument.minimumQuantity) || notional.lt(instrument.minimumNotional)
}

/** How much there is to split is certain: the entry has ended and what its fee left of it is known. */
export function isSettled({ position, policy, now }: Situation): boolean {
  return position.entryFinal && !(position.entry.feeCurrency === null && awaitsFee(position.entry, policy, now))
}

function awaitsFee({ fillObservedAt }: Leg, { feeWaitMs }: ExitPolicy, now: string): boolean {
  return fillObservedAt !== null && now < later(fillObservedAt, feeWaitMs)
}

function presumedFee({ filledQuantity }: Leg, { coinFeePercent }: ExitPolicy): Decimal {
  return filledQuantity.times(coinFeePercent).div(HUNDRED)
}

/** While the entry fills: a stop over what came since the last one. Stops of coins add up. */
function coverMore(situation: Situation, free: Decimal): Decision {
  const { position, plan, policy } = situation
  const { entry } = position
  const spare = entry.feeCurrency === null ? free.minus(presumedFee(entry, policy)) : free
  const quantity = floorTo(spare, plan.instrument.quantityStep)
  const feeUntil =
    position.entryFinal && entry.fillObservedAt !== null ? later(entry.fillObservedAt, policy.feeWaitMs) : null
  if (isUnsellable(quantity, plan)) return { ...nothing, wakeAt: feeUntil }
  const placing = place(situation, [{ quantity, stop: stopPrices(situation), target: null }], quantity)
  return { ...placing, wakeAt: earlier(placing.wakeAt, feeUntil) }
}

/**
 * A pair for each part; a stop alone where its target is watched for or the venue has refused its pair, and for what no part
 * accounts for. Nothing for a part that is being sold.
 */
function wantedOf(situation: Situation): Wanted[] {
  const { bracket, position, plan } = situation
  const stop = stopPrices(situation)
  const wanted: Wanted[] = []
  const watched = isEmulated(bracket.venue, 'target')
  let room = position.remaining
  for (const part of partsOf(position, plan, unsellableOf(bracket.losses))) {
    const pairs = stopsOf(bracket.legs).filter((leg) => isPair(leg) && leg.price?.eq(part.price) === true)
    const tries = watched ? targetTries(bracket.legs, part.target) : pairs
    const left = part.quantity.minus(sum(tries.map(({ filledQuantity }) => filledQuantity)))
    const quantity = minimum(left, room)
    if (quantity.lte(ZERO)) continue
    room = room.minus(quantity)
    if (tries.some((leg) => hasFired(leg) && !isFinal(leg))) continue
    wanted.push({ quantity, stop, target: watched || givenUp(tries, situation) ? null : part.price })
  }
  return room.gt(ZERO) ? [...wanted, { quantity: room, stop, target: null }] : wanted
}

function givenUp(tries: readonly Leg[], { policy }: Situation): boolean {
  const passed = tries.some(({ state, reason }) => state === 'rejected' && reason?.code === 'WOULD_TRIGGER_IMMEDIATELY')
  return passed || tries.filter(hasFailed).length > policy.targetRetriesMax
}

interface Comparison {
  readonly missing: readonly Wanted[]
  readonly misplaced: readonly Leg[]
}

function compare(live: readonly Leg[], wanted: readonly Wanted[]): Comparison {
  const missing = [...wanted]
  const misplaced: Leg[] = []
  for (const leg of live) {
    if (leg.cancelRequested) continue
    const index = missing.findIndex((one) => fits(leg, one))
    if (index === -1) misplaced.push(leg)
    else missing.splice(index, 1)
  }
  return { missing, misplaced }
}

function fits(leg: Leg, { quantity, stop, target }: Wanted): boolean {
  const sameTarget = target === null ? !isPair(leg) : isPair(leg) && leg.price?.eq(target) === true
  return sameTarget && openQuantity(leg).eq(quantity) && leg.triggerPrice?.eq(stop.trigger) === true
}

/** What there are free coins for. Stops that failed in a row wait as they do everywhere. */
function place(situation: Situation, wanted: readonly Wanted[], free: Decimal): Decision {
  const stops = stopsOf(situation.bracket.legs)
  const plain = stops.filter((stop) => !isPair(stop))
  const waitsUntil = retryAt(plain, situation)
  const waits = waitsUntil !== null && situation.now < waitsUntil
  const submit: LegDraft[] = []
  let room = free
  let held = false
  for (const one of wanted) {
    if (one.quantity.gt(room)) continue
    if (one.target === null && waits) {
      held = true
      continue
    }
    room = room.minus(one.quantity)
    submit.push(draftOf(one, stops.length + submit.length + 1))
  }
  return { ...nothing, submit, wakeAt: held ? waitsUntil : null }
}

function draftOf({ quantity, stop, target }: Wanted, number: number): LegDraft {
  const plain = stopDraft(number, quantity, stop)
  if (target === null) return plain
  return { ...plain, leg: `pair-${number}`, type: 'stop-or-target', price: target }
}

/** The venue has ended the stop of a pair whose target is filling: it may go on for a moment, then its rest is covered anew. */
function endBegun({ policy, now }: Situation, live: readonly Leg[]): Pick<Decision, 'cancel' | 'wakeAt'> {
  const begun = live.filter((leg) => hasBegun(leg) && !leg.cancelRequested && leg.fillObservedAt !== null)
  const ends = begun.map((leg) => ({ leg, at: later(leg.fillObservedAt!, policy.partialTargetMs) }))
  const waiting = ends.filter(({ at }) => now < at).map(({ at }) => at)
  return { cancel: ends.filter(({ at }) => now >= at).map(({ leg }) => leg), wakeAt: waiting.toSorted()[0] ?? null }
}

export function unsellableOf(losses: Bracket['losses']): Decimal {
  return sum(losses.filter(({ reason }) => reason === 'unsellable').map(({ quantity }) => quantity))
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
