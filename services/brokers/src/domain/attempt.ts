/**
 * What we know of one order at its venue, and how evidence changes it. Pure: called by placement, recovery and streams.
 * Filled quantity never shrinks and a final state never goes back; only proof of a fill reopens one.
 */
import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decimal, ZERO } from '@tradewire/kernel/decimal'

export const attemptStates = ['queued', 'submitting', 'unknown', 'accepted', 'filled', 'cancelled', 'rejected'] as const
export type AttemptState = (typeof attemptStates)[number]

export interface Reason {
  readonly code: string
  readonly message: string
}

export interface Attempt {
  readonly command: SubmitCommand
  readonly clientOrderId: string
  readonly partition: number
  readonly state: AttemptState
  readonly revision: number
  /** How often it was handed to the venue. */
  readonly submissions: number
  readonly venueOrderId: string | null
  /** Never negative, and exactly `0` when nothing is filled. */
  readonly filledQuantity: string
  readonly averagePrice: string | null
  /** Null while the venue has not told it. */
  readonly fee: string | null
  readonly feeCurrency: string | null
  readonly reason: Reason | null
  readonly cancelRequested: boolean
  readonly receivedAt: Date
  readonly sentAt: Date | null
  readonly answeredAt: Date | null
}

/** Which states may follow which, by ordinary evidence; a proven fill may follow any (`provenFill`). */
export const attemptMoves: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  // What is queued to be sent again may still turn out to stand at the venue.
  queued: ['submitting', 'accepted', 'filled', 'cancelled', 'rejected'],
  submitting: ['queued', 'unknown', 'accepted', 'filled', 'cancelled', 'rejected'],
  unknown: ['submitting', 'accepted', 'filled', 'cancelled', 'rejected'],
  accepted: ['filled', 'cancelled', 'rejected'],
  filled: [],
  cancelled: [],
  rejected: [],
}

/** True once nothing more can happen to the order. */
export function isFinal(state: AttemptState): boolean {
  return attemptMoves[state].length === 0
}

export function mayMove(from: AttemptState, to: AttemptState): boolean {
  return attemptMoves[from].includes(to)
}

const stateOfStatus: Readonly<Record<VenueOrder['status'], AttemptState>> = {
  working: 'accepted',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'cancelled',
  rejected: 'rejected',
}

/** The attempt after the venue told of its order; null when that is no news. */
export function afterVenueOrder(attempt: Attempt, order: VenueOrder, observedAt: Date): Attempt | null {
  // Equal text is the usual case and needs no arithmetic.
  const differs = order.filledQuantity !== attempt.filledQuantity
  const grew = differs && decimal(order.filledQuantity).gt(decimal(attempt.filledQuantity))
  const state = stateAfter(attempt, order, grew)
  const next = {
    ...attempt,
    state,
    venueOrderId: order.venueOrderId ?? attempt.venueOrderId,
    filledQuantity: grew ? order.filledQuantity : attempt.filledQuantity,
    averagePrice: grew || attempt.averagePrice === null ? order.averagePrice : attempt.averagePrice,
    ...feeAfter(attempt, order, grew),
    reason: reasonAfter(attempt, order, state),
    answeredAt: attempt.answeredAt ?? observedAt,
  }
  return isNews(attempt, next) ? { ...next, revision: attempt.revision + 1 } : null
}

function stateAfter(attempt: Attempt, order: VenueOrder, grew: boolean): AttemptState {
  const told = stateOfStatus[order.status]
  if (!isFinal(attempt.state)) {
    // "Working" says nothing new about an order that is already accepted.
    return mayMove(attempt.state, told) ? told : attempt.state
  }
  // Only a fill reopens what was final: late fills after a cancel, or of an order that had seemed absent.
  return grew ? told : attempt.state
}

function feeAfter(attempt: Attempt, order: VenueOrder, grew: boolean): Pick<Attempt, 'fee' | 'feeCurrency'> {
  const known = { fee: attempt.fee, feeCurrency: attempt.feeCurrency }
  if (order.fee === null) {
    // An older fee belongs to an older, smaller quantity.
    return grew ? { fee: null, feeCurrency: order.feeCurrency ?? known.feeCurrency } : known
  }
  const older =
    order.filledQuantity !== attempt.filledQuantity && decimal(order.filledQuantity).lt(decimal(attempt.filledQuantity))
  return older ? known : { fee: order.fee, feeCurrency: order.feeCurrency ?? known.feeCurrency }
}

function reasonAfter(attempt: Attempt, order: VenueOrder, state: AttemptState): Reason | null {
  if (state === attempt.state && isFinal(state)) return attempt.reason
  if (order.status === 'rejected')
    return { code: 'REJECTED_BY_VENUE', message: order.message ?? 'The venue rejected the order.' }
  if (order.status === 'expired')
    return { code: 'EXPIRED_AT_VENUE', message: order.message ?? 'The venue let the order expire.' }
  return null
}

function isNews(before: Attempt, after: Attempt): boolean {
  return (
    before.state !== after.state ||
    before.venueOrderId !== after.venueOrderId ||
    before.averagePrice !== after.averagePrice ||
    before.filledQuantity !== after.filledQuantity ||
    before.fee !== after.fee
  )
}

/** The attempt with its order handed to the venue once more. */
export function afterSubmitting(attempt: Attempt, sentAt: Date): Attempt {
  return { ...attempt, state: 'submitting', submissions: attempt.submissions + 1, sentAt }
}

/** The reply was lost. Null when evidence came first or the loss was told already: it is told once. */
export function afterLostReply(attempt: Attempt, message: string): Attempt | null {
  if (attempt.state !== 'submitting') return null
  return { ...attempt, state: 'unknown', revision: attempt.revision + 1, reason: { code: 'OUTCOME_UNKNOWN', message } }
}

/** Proved refused, by the venue or by a check of ours. Null when other evidence was first. */
export function afterRefusal(attempt: Attempt, reason: Reason, at: Date): Attempt | null {
  if (!mayMove(attempt.state, 'rejected') || decimal(attempt.filledQuantity).gt(ZERO)) return null
  return { ...attempt, state: 'rejected', revision: attempt.revision + 1, reason, answeredAt: attempt.answeredAt ?? at }
}

/** Cancelled before it was sent. Null when it has left already. */
export function afterLocalCancel(attempt: Attempt): Attempt | null {
  if (attempt.state !== 'queued') return null
  return {
    ...attempt,
    state: 'cancelled',
    revision: attempt.revision + 1,
    reason: { code: 'CANCELLED_BEFORE_SEND', message: 'The order was cancelled before it was sent.' },
  }
}

export type UpdateKind = 'accepted' | 'filled' | 'rejected' | 'unknown' | 'cancelled'

/** Which event tells of this state; null for states that are nobody's news. */
export function updateKindOf(attempt: Attempt): UpdateKind | null {
  switch (attempt.state) {
    case 'queued':
    case 'submitting':
      return null
    case 'accepted':
      return attempt.filledQuantity === '0' ? 'accepted' : 'filled'
    case 'filled':
    case 'rejected':
    case 'unknown':
    case 'cancelled':
      return attempt.state
  }
}
