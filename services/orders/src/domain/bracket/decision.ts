/**
 * What a bracket may decide, from what, and within which limits: the words that the deciding rules share.
 * Called by the rules and by the bracket. Must never hold a rule itself.
 */
import type { OrderPurpose, OrderType } from '@tradewire/contracts/events/orders'
import { type Decimal, decimal } from '@tradewire/kernel/decimal'
import type { Bracket, ClosingCause } from './bracket.ts'
import type { Leg, Watch } from './leg.ts'
import type { LossReason } from './loss.ts'
import type { Position } from './position.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'

export interface ExitPolicy {
  /** A refused stop is placed again at once this often; what follows is the follower's choice. */
  readonly stopRetriesMax: number
  /** Waits before a stop is asked for again after that, where the position is not closed; the last one repeats. */
  readonly stopRetryMs: readonly number[]
  /** A target that the venue refused is placed again this often; then its part rides with the stop. */
  readonly targetRetriesMax: number
  /** So many stops may wait for an answer before another one is placed. */
  readonly unansweredStopsMax: number
  /** A stop that someone else cancels is put back at once this often; what follows is the follower's choice. */
  readonly lostStopsMax: number
  /** Waits before a refused close is sent again; the last one repeats. */
  readonly closeRetryMs: readonly number[]
  /** How long news of a fill may be under way after the venue said that there is no position. */
  readonly positionGoneMs: number
  /** How long the end of a trade waits for a fee that the venue has not told yet. */
  readonly feeWaitMs: number
  /** Where coins are held: the fee that is reckoned with as long as the venue has not told it. */
  readonly coinFeePercent: Decimal
  /** How long a target that has begun to fill may go on; the venue has ended its stop. */
  readonly partialTargetMs: number
  /** How long a limit entry may rest after the signal's expiry. */
  readonly limitRestMs: number
  /** How long a partly filled limit entry may go on filling before its rest is cancelled and targets are placed. */
  readonly partialRestMs: number
}

export const exitPolicyDefault: ExitPolicy = {
  stopRetriesMax: 1,
  stopRetryMs: [1_000, 2_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000],
  targetRetriesMax: 1,
  unansweredStopsMax: 3,
  lostStopsMax: 3,
  closeRetryMs: [500, 1_000, 2_000, 5_000, 15_000, 60_000],
  positionGoneMs: 10_000,
  feeWaitMs: 3_000,
  coinFeePercent: decimal('0.1'),
  partialTargetMs: 2_000,
  limitRestMs: 900_000,
  partialRestMs: 10_000,
}

export interface LegDraft {
  readonly leg: string
  readonly purpose: OrderPurpose
  readonly type: OrderType
  readonly quantity: Decimal
  readonly price: Decimal | null
  readonly triggerPrice: Decimal | null
  readonly callbackRatePercent: Decimal | null
  /** Watched for until it has fired; then sent by market, under the name that it had. */
  readonly watch?: Watch
}

/** Held quantity that is not ours to close: the venue has proved it to be gone, or takes no order for so little. */
export interface Gone {
  readonly quantity: Decimal
  readonly reason: Extract<LossReason, 'venue' | 'unsellable'>
}

export interface Decision {
  readonly submit: readonly LegDraft[]
  readonly cancel: readonly Leg[]
  readonly closing: ClosingCause | null
  readonly gone: Gone | null
  readonly wakeAt: string | null
}

export interface Situation {
  readonly bracket: Bracket
  readonly position: Position
  readonly plan: SignalPlan
  readonly policy: ExitPolicy
  readonly now: string
  /** No order of another bracket of the account can have been why its newest close found nothing to reduce. */
  readonly isAlone: boolean
}

export const nothing: Decision = { submit: [], cancel: [], closing: null, gone: null, wakeAt: null }

export function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString()
}
