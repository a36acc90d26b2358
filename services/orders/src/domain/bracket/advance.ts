/**
 * Moves a bracket on: takes news, mirrors legs, decides, and says what to do and to tell.
 * Called by the consumers of order updates, by close commands and by the wake job. Must never resend what may stand,
 * never leave what was filled without asking for a stop, and never tell of one position twice.
 */
import { type Decimal, minimum, ZERO } from '@tradewire/kernel/decimal'
import { intentIdOf } from '@tradewire/kernel/ids'
import { type Bracket, type BracketFact, bracketMoves, type BracketNews } from './bracket.ts'
import { decide, feesAwaitedUntil } from './decide.ts'
import { feeInCoins } from '../exits/coin-exits.ts'
import type { Decision, ExitPolicy, Gone, LegDraft, Situation } from './decision.ts'
import { firstState, isBlind, isWatching, type Leg, type LegUpdate, mirror, type Reason, untold } from './leg.ts'
import type { Loss } from './loss.ts'
import { isFlat, type Position, positionOf } from './position.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'
import { failedStop } from '../exits/stops.ts'
import { closedTrade, openedTrade, type TradeClosed, type TradeOpened } from './trade.ts'
import { endWatches } from '../exits/watch.ts'

export type TradeEvent =
  | { readonly kind: 'opened'; readonly trade: TradeOpened }
  | { readonly kind: 'closed'; readonly trade: TradeClosed }

/** That a stop could not stand, and that what it was for is covered again. */
export type ProtectionNews =
  | ({
      readonly kind: 'unprotected'
      readonly stop: string
      readonly reason: Reason
      readonly since: string
    } & Uncovered)
  | { readonly kind: 'protected'; readonly spanMs: number }

interface Uncovered {
  readonly held: Decimal
  readonly uncovered: Decimal
  readonly follows: 'retry' | 'close' | 'wait'
}

export interface Step {
  readonly bracket: Bracket
  /** Orders to place; they are among the bracket's legs already. */
  readonly submits: readonly Leg[]
  readonly cancels: readonly Leg[]
  /** In the order in which they happened. */
  readonly events: readonly TradeEvent[]
  readonly protection: readonly ProtectionNews[]
}

export class IllegalBracketMove extends Error {
  override readonly name = 'IllegalBracketMove'
}

/** The bracket after all this news, with what follows from it. News that is old or known changes nothing. */
export function advance(
  before: Bracket,
  news: readonly BracketNews[],
  context: Pick<Situation, 'plan' | 'policy' | 'now' | 'isAlone'>,
): Step {
  const { plan, policy, now, isAlone } = context
  const moved = news.reduce((bracket, one) => takeNews(bracket, one, now), before)
  const at = latestEvidence(before, moved, now)
  const unsellable = feeInCoins(moved, context)
  const told = unsellable.gt(ZERO) ? takeLoss(moved, lossOf({ quantity: unsellable, reason: 'unsellable' }, at)) : moved
  const exposed = measureExposure(told, positionOf(told), at)
  const decision = decide({ bracket: exposed, position: positionOf(exposed), plan, policy, now, isAlone })
  const cancels = [...decision.cancel, ...missedCancels(before, told)]
  return settle(before, carryOut(exposed, { ...decision, cancel: cancels }, now), { plan, policy, now, at })
}

function takeNews(bracket: Bracket, news: BracketNews, now: string): Bracket {
  switch (news.kind) {
    case 'wake':
      return bracket
    case 'fired':
      return takeFired(bracket, news)
    case 'blind':
      return takeBlind(bracket, news.since)
    case 'close':
      return isEnded(bracket) || bracket.closing !== null
        ? bracket
        : { ...bracket, closing: { cause: news.cause ?? 'command', at: now } }
    case 'loss':
      return isEnded(bracket) ? bracket : takeLoss(bracket, news.loss)
    case 'update':
      return mirrorUpdate(bracket, news.update)
  }
}

/** Once: a position that is on its way out already goes on going. */
function takeFired(
  bracket: Bracket,
  { leg: name, price, best, at }: BracketNews & { readonly kind: 'fired' },
): Bracket {
  const index = bracket.legs.findIndex((leg) => leg.leg === name && isWatching(leg))
  const leg = bracket.legs[index]
  if (leg?.watch === undefined || bracket.closing !== null) return bracket
  const watch = { ...leg.watch, firedAt: at, firedPrice: price, bestPrice: best }
  return { ...bracket, legs: bracket.legs.with(index, { ...leg, watch, observedAt: at }) }
}

function takeBlind(bracket: Bracket, since: string | null): Bracket {
  const changes = (leg: Leg) => isWatching(leg) && isBlind(leg) !== (since !== null)
  if (!bracket.legs.some(changes)) return bracket
  const legs = bracket.legs.map((leg) => (changes(leg) ? { ...leg, watch: { ...leg.watch!, blindSince: since } } : leg))
  return { ...bracket, legs }
}

function mirrorUpdate(bracket: Bracket, update: LegUpdate): Bracket {
  const index = bracket.legs.findIndex(({ intentId }) => intentId === update.intentId)
  const leg = bracket.legs[index]
  if (leg === undefined) return bracket
  const mirrored = mirror(leg, update)
  if (mirrored === leg) return bracket
  const filled = mirrored.purpose === 'entry' && mirrored.filledQuantity.gt(ZERO)
  return {
    ...bracket,
    legs: bracket.legs.with(index, mirrored),
    firstFilledAt: filled ? (bracket.firstFilledAt ?? mirrored.filledAt) : bracket.firstFilledAt,
  }
}

/**
 * Orders that the venue took only after we had asked for their end may have missed that: they are asked again. They go on
 * counting as ended, because the first request may still be under way.
 */
function missedCancels(before: Bracket, after: Bracket): Leg[] {
  return after.legs.filter((leg, index) => {
    const was = before.legs[index]
    return was?.cancelRequested === true && was.acceptedAt === null && leg.state === 'working'
  })
}

/** No more is lost than is held: the rest was closed by a leg whose news came first. */
function takeLoss(bracket: Bracket, loss: Loss): Bracket {
  const { remaining } = positionOf(bracket)
  const quantity = minimum(loss.quantity, remaining)
  if (quantity.lte(ZERO)) return bracket
  return { ...bracket, gone: bracket.gone.plus(quantity), losses: [...bracket.losses, { ...loss, quantity }] }
}

function isEnded({ state }: Bracket): boolean {
  return state === 'closed' || state === 'failed' || state === 'denied'
}

/** The time of the newest evidence in this step; the present if there was none. */
function latestEvidence(before: Bracket, after: Bracket, now: string): string {
  let latest: string | null = null
  after.legs.forEach((leg, index) => {
    const news = leg !== before.legs[index] ? leg.observedAt : null
    if (news !== null && (latest === null || news > latest)) latest = news
  })
  return latest ?? now
}

function measureExposure(bracket: Bracket, position: Position, at: string): Bracket {
  const exposed = position.remaining.gt(position.protected)
  if (exposed) return bracket.exposedSince === null ? { ...bracket, exposedSince: at } : bracket
  if (bracket.exposedSince === null) return bracket
  const spanMs = Math.max(0, Date.parse(at) - Date.parse(bracket.exposedSince))
  return { ...bracket, exposedSince: null, unprotectedMs: bracket.unprotectedMs + spanMs }
}

interface CarriedOut {
  readonly bracket: Bracket
  readonly submits: readonly Leg[]
  readonly cancels: readonly Leg[]
}

function carryOut(bracket: Bracket, decision: Decision, now: string): CarriedOut {
  const made = decision.submit.map((draft) => legOf(bracket, draft, now))
  const ending = new Set(decision.cancel.map(({ leg }) => leg))
  const legs = bracket.legs.map((leg) => (ending.has(leg.leg) ? { ...leg, cancelRequested: true } : leg))
  const left = decision.gone === null ? bracket : takeLoss(bracket, lossOf(decision.gone, now))
  return {
    bracket: {
      ...left,
      legs: made.length === 0 && ending.size === 0 ? bracket.legs : withLegs(legs, made),
      closing: bracket.closing ?? (decision.closing === null ? null : { cause: decision.closing, at: now }),
      wakeAt: decision.wakeAt,
    },
    submits: made.filter(({ state }) => state === 'submitted'),
    cancels: decision.cancel,
  }
}

/** What was watched for takes its own place when it is sent. */
function withLegs(legs: readonly Leg[], made: readonly Leg[]): Leg[] {
  const names = new Map(made.map((leg) => [leg.leg, leg]))
  const kept = legs.map((leg) => (leg.state === 'watching' ? (names.get(leg.leg) ?? leg) : leg))
  return [...kept, ...made.filter((leg) => !kept.includes(leg))]
}

function lossOf(gone: Gone, at: string): Loss {
  return { ...gone, price: null, fee: ZERO, feeCurrency: null, at }
}

/** A new leg; its intent id follows from what it is, so the same decision taken twice is the same order (rule R12). */
export function legOf(bracket: Pick<Bracket, 'signalId' | 'accountId' | 'side'>, draft: LegDraft, now: string): Leg {
  const opposite = bracket.side === 'buy' ? 'sell' : 'buy'
  return {
    ...draft,
    intentId: intentIdOf(bracket.signalId, bracket.accountId, draft.leg, draft.purpose),
    side: draft.purpose === 'entry' ? bracket.side : opposite,
    ...untold,
    state: firstState(draft.watch),
    cancelRequested: false,
    submittedAt: now,
  }
}

interface SettleContext {
  readonly plan: SignalPlan
  readonly policy: ExitPolicy
  readonly now: string
  /** The time of the newest evidence. */
  readonly at: string
}

/** The new state and the trade events that became true. */
function settle(before: Bracket, done: CarriedOut, context: SettleContext): Step {
  const { plan, policy, now, at } = context
  const position = positionOf(done.bracket)
  const fact = factOf(done.bracket, position)
  const state = bracketMoves[before.state][fact]
  if (state === undefined) throw new IllegalBracketMove(`bracket ${before.bracketId}: ${before.state}, ${fact}`)
  const failure = state === 'failed' ? position.entry.reason : null
  const legs = endWatches(done.bracket.legs, state, now)
  let bracket: Bracket = { ...done.bracket, state, failure, legs }
  const events: TradeEvent[] = []
  const covered = position.entryFinal && position.opened.gt(ZERO) && (state === 'protected' || state === 'closed')
  if (covered && bracket.openedAt === null) {
    bracket = { ...bracket, openedAt: at }
    events.push({ kind: 'opened', trade: openedTrade(bracket, position, plan) })
  }
  const feesUntil = feesAwaitedUntil(bracket.legs, policy)
  const untold = state === 'closed' && bracket.closedAt === null
  // What could not be sold may have ended it in this very step: the end is told when the fees are known.
  if (untold && feesUntil !== null && now < feesUntil) bracket = { ...bracket, wakeAt: feesUntil }
  else if (untold) {
    const trade = closedTrade(bracket, position, { plan, at })
    bracket = { ...bracket, closedAt: trade.closedAt }
    events.push({ kind: 'closed', trade })
  }
  const protection = [...protectionNews(before, bracket, position), ...sightNews(before, bracket, { position, at })]
  return { bracket, submits: done.submits, cancels: done.cancels, events, protection }
}

/** Told once for each span without cover: when a stop turns out not to stand, and when one does again. */
function protectionNews(before: Bracket, after: Bracket, position: Position): ProtectionNews[] {
  const failed = after.exposedSince === null ? null : failedStop(after, position)
  const failedBefore = before.exposedSince !== null && failedStop(before, positionOf(before)) !== null
  if (failed !== null && !failedBefore) {
    const { remaining, protected: covered } = position
    const reason = failed.reason ?? { code: 'STOP_CANCELLED', message: 'somebody else has cancelled the stop' }
    const follows = after.closing === null ? 'retry' : 'close'
    const uncovered = remaining.minus(covered)
    return [
      {
        kind: 'unprotected',
        stop: failed.leg,
        reason,
        since: after.exposedSince!,
        held: remaining,
        uncovered,
        follows,
      },
    ]
  }
  const again = failedBefore && after.exposedSince === null && position.remaining.gt(ZERO)
  return again ? [{ kind: 'protected', spanMs: after.unprotectedMs - before.unprotectedMs }] : []
}

/** What is watched for cannot fire while no price comes: told once for each such time, whatever else covers the position. */
function sightNews(
  before: Bracket,
  after: Bracket,
  { position, at }: { readonly position: Position; readonly at: string },
): ProtectionNews[] {
  const [was, is] = [before, after].map(({ legs }) => legs.find(isBlind))
  if (is?.watch !== undefined && was === undefined) {
    const { remaining: held, protected: covered } = position
    const reason = { code: 'PRICE_UNKNOWN', message: 'no price comes from the venue' }
    const since = is.watch.blindSince ?? at
    return [{ kind: 'unprotected', stop: is.leg, reason, since, held, uncovered: held.minus(covered), follows: 'wait' }]
  }
  const since = was?.watch?.blindSince
  if (typeof since !== 'string' || is !== undefined || !after.legs.some(isWatching)) return []
  return [{ kind: 'protected', spanMs: Math.max(0, Date.parse(at) - Date.parse(since)) }]
}

function factOf({ closing }: Bracket, position: Position): BracketFact {
  if (isFlat(position)) return position.opened.gt(ZERO) ? 'all-out' : 'never-filled'
  if (closing !== null) return 'leaving'
  if (position.opened.lte(ZERO)) return position.entry.state === 'submitted' ? 'entry-sent' : 'entry-told'
  return position.protected.gte(position.remaining) ? 'covered' : 'uncovered'
}
