/**
 * What we know of one order at its venue, and how evidence changes it. Pure: called by placement, recovery and streams.
 * Filled quantity never shrinks and a final state never goes back; only proof of a fill reopens one.
 */
import type { SubmitCommand } from '@tradewire/broker-kit/approved-order'
import type { OrderReference, VenueOrder } from '@tradewire/broker-kit/broker-session'
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
  /** When the last of what is filled was executed; null while nothing is, and where the venue has not told. */
  readonly executedAt: Date | null
  readonly reason: Reason | null
  readonly cancelRequested: boolean
  readonly receivedAt: Date
  readonly sentAt: Date | null
  readonly answeredAt: Date | null
}

/** Of a command that has just come: nothing is known of it yet. */
export function newAttempt(of: Pick<Attempt, 'command' | 'clientOrderId' | 'partition' | 'receivedAt'>): Attempt {
  return {
    ...of,
    state: 'queued',
    revision: 0,
    submissions: 0,
    venueOrderId: null,
    filledQuantity: '0',
    averagePrice: null,
    fee: null,
    feeCurrency: null,
    executedAt: null,
    reason: null,
    cancelRequested: false,
    sentAt: null,
    answeredAt: null,
  }
}

/**
 * What a move needs. `hand-over`: it is given to the venue. `not-sent`: proved not to have left. `lost-reply`: it left, and no answer came.
 * `absence`: the venue has shown it nowhere for its read lag (`absence.ts`). `venue-order`: the venue tells of the order itself.
 * `refusal`: the venue, or a check of ours before the call, says no, or what may not be sent again is absent. `cancel-before-send`: it was cancelled in our queue.
 */
export type Evidence =
  | 'hand-over'
  | 'not-sent'
  | 'lost-reply'
  | 'absence'
  | 'venue-order'
  | 'refusal'
  | 'cancel-before-send'

const told = ['venue-order'] as const
const refused = ['venue-order', 'refusal'] as const

/**
 * Which states may follow which, and by what evidence. Never rejected without proof, and never back to the queue on a
 * doubt. A fill alone reopens what has ended (`stateAfter`): late fills are real.
 */
export const attemptMoves: Readonly<
  Record<AttemptState, Readonly<Partial<Record<AttemptState, readonly Evidence[]>>>>
> = {
  // What is queued to be sent again may still turn out to stand at the venue.
  queued: {
    submitting: ['hand-over'],
    accepted: told,
    filled: told,
    cancelled: ['venue-order', 'cancel-before-send'],
    rejected: refused,
  },
  submitting: {
    queued: ['not-sent', 'absence'],
    unknown: ['lost-reply'],
    accepted: told,
    filled: told,
    cancelled: told,
    rejected: refused,
  },
  unknown: {
    queued: ['absence'],
    submitting: ['hand-over'],
    accepted: told,
    filled: told,
    cancelled: told,
    rejected: refused,
  },
  accepted: { filled: told, cancelled: told, rejected: refused },
  filled: {},
  cancelled: {},
  rejected: {},
}

const finalStates: ReadonlySet<AttemptState> = new Set(
  attemptStates.filter((state) => Object.keys(attemptMoves[state]).length === 0),
)

/** What the order is called at its venue. */
export function referenceOf({ command, clientOrderId, venueOrderId }: Attempt): OrderReference {
  return { clientOrderId, venueOrderId, symbol: command.symbol, type: command.type }
}

/** True once nothing more can happen to the order. */
export function isFinal(state: AttemptState): boolean {
  return finalStates.has(state)
}

export function mayMove(from: AttemptState, to: AttemptState, by: Evidence): boolean {
  return attemptMoves[from][to]?.includes(by) === true
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
    executedAt: grew ? executionTime(attempt, order, observedAt) : attempt.executedAt,
    reason: reasonAfter(attempt, order, state),
    answeredAt: attempt.answeredAt ?? observedAt,
  }
  return isNews(attempt, next) ? { ...next, revision: attempt.revision + 1 } : null
}

function stateAfter(attempt: Attempt, order: VenueOrder, grew: boolean): AttemptState {
  const next = stateOfStatus[order.status]
  if (!isFinal(attempt.state)) {
    // "Working" says nothing new about an order that is already accepted.
    return mayMove(attempt.state, next, 'venue-order') ? next : attempt.state
  }
  // Only a fill reopens what was final: late fills after a cancel, or of an order that had seemed absent.
  return grew ? next : attempt.state
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

/** The venue's clock is not ours: nothing was executed before its command came, nor after its news had. */
function executionTime({ receivedAt }: Attempt, { executedAt }: VenueOrder, observedAt: Date): Date | null {
  if (executedAt === null) return null
  if (executedAt < receivedAt) return receivedAt
  return executedAt > observedAt ? observedAt : executedAt
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

/** To be sent again: proved not sent, or absent at the venue for its read lag. Unchanged when other evidence was first. */
export function afterProof(attempt: Attempt, proof: 'not-sent' | 'absence'): Attempt {
  return mayMove(attempt.state, 'queued', proof) ? { ...attempt, state: 'queued' } : attempt
}

/** The reply was lost. Null when evidence came first or the loss was told already: it is told once. */
export function afterLostReply(attempt: Attempt, message: string): Attempt | null {
  if (!mayMove(attempt.state, 'unknown', 'lost-reply')) return null
  return { ...attempt, state: 'unknown', revision: attempt.revision + 1, reason: { code: 'OUTCOME_UNKNOWN', message } }
}

/** Proved refused, by the venue or by a check of ours, or never arrived. Null when other evidence was first. */
export function afterRefusal(attempt: Attempt, reason: Reason, at: Date): Attempt | null {
  if (!mayMove(attempt.state, 'rejected', 'refusal') || decimal(attempt.filledQuantity).gt(ZERO)) return null
  return { ...attempt, state: 'rejected', revision: attempt.revision + 1, reason, answeredAt: attempt.answeredAt ?? at }
}

/** Cancelled before it was sent. Null when it has left already. */
export function afterLocalCancel(attempt: Attempt): Attempt | null {
  if (!mayMove(attempt.state, 'cancelled', 'cancel-before-send')) return null
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
