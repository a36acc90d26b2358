/**
 * What a bracket does next, worked out from how things stand and not from what happened last: news may be lost,
 * doubled or late and the decision is the same. Called by the bracket after each piece of news; pure.
 */
import type { OrderPurpose } from '@tradewire/contracts/events/orders'
import { type Decimal, ZERO } from '@tradewire/kernel/decimal'
import type { Bracket, ClosingCause } from './bracket.ts'
import { coverCoins, isUnsellable } from '../exits/coin-exits.ts'
import { type Decision, type ExitPolicy, later, type LegDraft, nothing, type Situation } from './decision.ts'
import { endsTrade, isFinal, type Leg, openQuantity, wasOrdered } from './leg.ts'
import { isFlat, type Position } from './position.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'
import { partsOf, protect, stopCause } from '../exits/stops.ts'
import { targetLegName, targetTries } from '../exits/target-legs.ts'
import { isEmulated, sellsCoins } from '../planning/venue-capabilities.ts'
import { watchTargets, watchTrail } from '../exits/watch.ts'

export function decide(situation: Situation): Decision {
  const { bracket, position, policy, now } = situation
  if (isFlat(position)) {
    const until = position.opened.gt(ZERO) && bracket.closedAt === null ? feesAwaitedUntil(bracket.legs, policy) : null
    return { ...sweep(bracket.legs), wakeAt: until !== null && now < until ? until : null }
  }
  if (bracket.closing !== null) return unwind(situation)
  const cause = closingCause(situation)
  if (cause !== null) return { ...unwind(situation), closing: cause }
  if (sellsCoins(bracket.venue)) {
    return join([tendEntry(situation), coverCoins(situation), watchTargets(situation), watchTrail(situation)])
  }
  const trailing = isEmulated(bracket.venue, 'trailing') ? watchTrail(situation) : trail(situation)
  return join([tendEntry(situation), protect(situation), aim(situation), trailing, trim(situation)])
}

/** Nothing is held and nothing can come: no order of ours may stay behind. */
function sweep(legs: readonly Leg[]): Decision {
  return { ...nothing, cancel: legs.filter(canBeCancelled) }
}

/** Until when the end of the trade waits for fees; null when all are known. */
export function feesAwaitedUntil(legs: readonly Leg[], { feeWaitMs }: Pick<ExitPolicy, 'feeWaitMs'>): string | null {
  const unknown = legs.filter((leg) => leg.fillObservedAt !== null && leg.feeCurrency === null)
  const latest = unknown
    .map(({ fillObservedAt }) => fillObservedAt!)
    .toSorted()
    .at(-1)
  return latest === undefined ? null : later(latest, feeWaitMs)
}

/** Why the position can no longer be left to its stop and targets; null while it can. */
function closingCause(situation: Situation): ClosingCause | null {
  const { bracket, position } = situation
  // Out again while the entry may still fill: whatever comes now must go at once.
  if (position.remaining.lte(ZERO)) {
    if (bracket.gone.gt(ZERO)) return 'position-gone'
    return position.closed.gt(ZERO) ? 'stop-hit' : null
  }
  if (bracket.state === 'closed') return 'late-fill'
  return bracket.legs.some(endsTrade) ? 'trailing-hit' : stopCause(situation)
}

/** Until when a limit entry may rest at the venue; null for a market entry. */
export function restEndsAt(
  { entryType, expiresAt }: Pick<SignalPlan, 'entryType' | 'expiresAt'>,
  limitRestMs: number,
): string | null {
  return entryType === 'limit' ? later(expiresAt, limitRestMs) : null
}

/** Ends an entry that has rested long enough, or whose position is already on its way out. */
function tendEntry({ bracket, position, plan, policy, now }: Situation): Decision {
  const { entry } = position
  if (position.entryFinal || entry.cancelRequested) return nothing
  if (position.closed.gt(ZERO)) return { ...nothing, cancel: [entry] }
  const restEnds = restEndsAt(plan, policy.limitRestMs)
  if (restEnds === null) return nothing
  const fillEnds = bracket.firstFilledAt === null ? null : later(bracket.firstFilledAt, policy.partialRestMs)
  const ends = fillEnds !== null && fillEnds < restEnds ? fillEnds : restEnds
  return now >= ends ? { ...nothing, cancel: [entry] } : { ...nothing, wakeAt: ends }
}

/**
 * Targets, once it is certain how much there is to split and a stop stands: the stop is never kept waiting by them,
 * and a position whose stop is refused is flattened without having to take them back.
 */
function aim({ bracket, position, plan, policy }: Situation): Decision {
  if (!position.entryFinal || position.stopHit || !isCovered(bracket, position)) return nothing
  const submit: LegDraft[] = []
  for (const part of partsOf(position, plan)) {
    const tries = targetTries(bracket.legs, part.target)
    const last = tries.at(-1)
    const again = last !== undefined && last.state === 'rejected' && tries.length <= policy.targetRetriesMax
    if (part.quantity.lte(ZERO) || (last !== undefined && !again)) continue
    if (part.quantity.gt(position.remaining)) continue
    submit.push({
      leg: targetLegName(part.target, tries.length + 1),
      purpose: 'target',
      type: 'limit',
      quantity: part.quantity,
      price: part.price,
      triggerPrice: null,
      callbackRatePercent: null,
    })
  }
  return { ...nothing, submit }
}

/** A stop whose reply was lost counts here: it may stand, and targets need not wait for its evidence. */
function isCovered({ legs }: Bracket, { remaining }: Position): boolean {
  return legs.some(
    (leg) =>
      leg.purpose === 'stop' &&
      (leg.state === 'working' || leg.state === 'unknown') &&
      !leg.cancelRequested &&
      openQuantity(leg).gte(remaining),
  )
}

/**
 * The trailing stop covers the parts whose targets lie at or beyond its activation price: the others have been taken
 * when it wakes up. If the price is there already it starts at once, without an activation price.
 */
function trail({ bracket, position, plan }: Situation): Decision {
  const { trailing, targets } = plan.prices
  if (trailing === null || !position.entryFinal || position.stopHit || !isCovered(bracket, position)) return nothing
  const legs = bracket.legs.filter(({ purpose }) => purpose === 'trailing')
  const last = legs.at(-1)
  const started = last?.state === 'rejected' && last.reason?.code === 'WOULD_TRIGGER_IMMEDIATELY' && legs.length === 1
  if (last !== undefined && !started) return nothing
  const reached = (price: Decimal) =>
    plan.side === 'buy' ? price.gte(trailing.activation) : price.lte(trailing.activation)
  const parts = partsOf(position, plan)
  const beyond = parts.filter(({ price }) => reached(price)).reduce((total, part) => total.plus(part.quantity), ZERO)
  // Activation beyond the last target, or all far parts merged away: it then covers what the last part holds.
  const fallback = parts.filter(({ quantity }) => quantity.gt(ZERO)).at(-1)?.quantity ?? position.remaining
  const quantity = beyond.gt(ZERO) ? beyond : fallback
  if (targets.length === 0 || quantity.gt(position.remaining)) return nothing
  const draft: LegDraft = {
    leg: `trailing-${legs.length + 1}`,
    purpose: 'trailing',
    type: 'trailing-stop',
    quantity,
    price: null,
    triggerPrice: started ? null : trailing.activation,
    callbackRatePercent: trailing.callbackRatePercent,
  }
  return { ...nothing, submit: [draft] }
}

/**
 * After a loss, or where a stop is filled in part, exits may add up to more than is held: they end, the farthest first; the
 * stop covers their part. What they promise too much a venue may count against what else the account holds.
 */
function trim({ bracket, position }: Situation): Decision {
  if (bracket.gone.lte(ZERO) && !position.stopHit) return nothing
  const cancel: Leg[] = []
  for (const purpose of ['target', 'trailing'] as const) {
    let room = position.remaining
    for (const leg of bracket.legs.filter((one) => one.purpose === purpose && canBeCancelled(one))) {
      room = room.minus(openQuantity(leg))
      if (room.lt(ZERO)) cancel.push(leg)
    }
  }
  return { ...nothing, cancel }
}

/**
 * Takes everything off: the entry and the targets end, what is held goes by market, the stop stays until it is gone. Only
 * where it locks the coins it has to go first.
 */
function unwind({ bracket, position, plan, policy, now, isAlone }: Situation): Decision {
  const coins = sellsCoins(bracket.venue)
  const stays = (leg: Leg) => closes(leg) || (leg.purpose === 'stop' && !coins)
  const cancel = bracket.legs.filter((leg) => !stays(leg) && canBeCancelled(leg))
  if (position.remaining.lte(ZERO)) return { ...nothing, cancel }
  if (coins && bracket.legs.some((leg) => sellsPart(leg) && !isFinal(leg))) return { ...nothing, cancel }
  if (coins && position.entryFinal && isUnsellable(position.remaining, plan)) {
    return { ...nothing, cancel, gone: { quantity: position.remaining, reason: 'unsellable' } }
  }
  const sent = bracket.legs.filter((leg) => closes(leg) && leg.state !== 'watching')
  if (sent.some((leg) => !isFinal(leg))) return { ...nothing, cancel }
  const last = sent.at(-1)
  if (last !== undefined && last.state !== 'filled') {
    const cause = causeOf(last, bracket.legs, isAlone)
    const waitMs = cause === 'gone' ? policy.positionGoneMs : waitAfter(sent, policy)
    const wakeAt = cause === 'ended' ? latestEnd(bracket.legs) : later(last.observedAt ?? last.submittedAt, waitMs)
    if (cause === 'stop') cancel.push(...bracket.legs.filter((leg) => takesUp(leg) && canBeCancelled(leg)))
    if (now < wakeAt) return { ...nothing, cancel, wakeAt }
    if (cause === 'gone') return { ...sweep(bracket.legs), gone: { quantity: position.remaining, reason: 'venue' } }
  }
  return { ...nothing, cancel, submit: [closeDraft(bracket.legs, position.remaining)] }
}

/** What takes off all that is left: a close, or the order that was watched for. */
function closes(leg: Leg): boolean {
  return leg.purpose === 'close' || endsTrade(leg)
}

/** A stop, or a target that is being sold at: either has coins that a close cannot have as well. */
function sellsPart({ purpose, state }: Leg): boolean {
  return purpose === 'stop' || (purpose === 'target' && state !== 'watching')
}

/** The newest close, where the venue had nothing to reduce for it; null where it was not refused so. */
export function refusedClose({ closing, legs }: Bracket): Leg | null {
  const last = closing === null ? undefined : legs.findLast((leg) => closes(leg) && leg.state !== 'watching')
  return last?.reason?.code === 'REDUCE_ONLY_REFUSED' ? last : null
}

/**
 * Why the venue had nothing to reduce. There are venues that count what rests in the book against the position, and a
 * fill of the entry may have been executed later than the refusal and told sooner: it is `gone` only if all of ours had
 * ended before the close left, and nothing of other brackets of the account could be why. What has `ended` since may
 * have been why. A `stop` with a limit may rest in the book as well: it goes last, and the next close tells.
 */
function causeOf(close: Leg, legs: readonly Leg[], isAlone: boolean): 'gone' | 'ended' | 'stop' | 'unknown' {
  if (close.reason?.code !== 'REDUCE_ONLY_REFUSED' || !isAlone) return 'unknown'
  const others = legs.filter((leg) => leg !== close && takesUp(leg))
  const standing = others.filter((leg) => !isFinal(leg))
  const hadEnded = others.every((leg) => standing.includes(leg) || close.submittedAt >= (leg.observedAt ?? ''))
  if (standing.length === 0) return hadEnded ? 'gone' : 'ended'
  return hadEnded && standing.every(({ purpose }) => purpose === 'stop') ? 'stop' : 'unknown'
}

/** When the last of what may have been why ended: a close that leaves then tells, however far ahead a clock was. */
function latestEnd(legs: readonly Leg[]): string {
  const ends = legs.filter(takesUp).map(({ observedAt, submittedAt }) => observedAt ?? submittedAt)
  return ends.toSorted().at(-1)!
}

/** Whether an exit of this bracket can have been why a close of another one of the account found nothing. */
export function takesUpSince({ legs }: Bracket, close: Pick<Leg, 'submittedAt' | 'observedAt'>): boolean {
  const refusedAt = close.observedAt ?? close.submittedAt
  const exits = legs.filter((leg) => leg.purpose !== 'entry' && takesUp(leg) && leg.submittedAt <= refusedAt)
  return exits.some((leg) => !isFinal(leg) || (leg.observedAt ?? '') > close.submittedAt)
}

/**
 * Opens the position or may rest in the book against it. A stop by market never rests, and it stays to the end; what was
 * refused never stood: two brackets whose closes are both refused would else be each other's reason for ever.
 */
function takesUp(leg: Leg): boolean {
  return leg.type !== 'stop-market' && wasOrdered(leg) && leg.state !== 'rejected'
}

function waitAfter(sent: readonly Leg[], { closeRetryMs }: ExitPolicy): number {
  const refused = sent.filter(({ state }) => state !== 'filled').length
  return closeRetryMs[Math.min(refused, closeRetryMs.length) - 1] ?? 0
}

function closeDraft(legs: readonly Leg[], quantity: Decimal): LegDraft {
  const fired = legs.findLast(endsTrade)
  if (fired?.watch !== undefined) {
    const { watch, type, price, triggerPrice, callbackRatePercent, purpose } = fired
    const name = fired.state === 'watching' ? fired.leg : `${purpose}-${numberOf(legs, purpose)}`
    return { leg: name, purpose, type, quantity, price, triggerPrice, callbackRatePercent, watch }
  }
  return {
    leg: `close-${numberOf(legs, 'close')}`,
    purpose: 'close',
    type: 'market',
    quantity,
    price: null,
    triggerPrice: null,
    callbackRatePercent: null,
  }
}

function numberOf(legs: readonly Leg[], purpose: OrderPurpose): number {
  return legs.filter((leg) => leg.purpose === purpose).length + 1
}

/** What is only watched for has no order: it ends by itself. */
function canBeCancelled(leg: Leg): boolean {
  return !isFinal(leg) && !leg.cancelRequested && leg.state !== 'watching'
}

function join(decisions: readonly Decision[]): Decision {
  const wakes = decisions.map(({ wakeAt }) => wakeAt).filter((at) => at !== null)
  return {
    submit: decisions.flatMap(({ submit }) => submit),
    cancel: decisions.flatMap(({ cancel }) => cancel),
    closing: null,
    gone: decisions.find(({ gone }) => gone !== null)?.gone ?? null,
    wakeAt: wakes.toSorted()[0] ?? null,
  }
}
