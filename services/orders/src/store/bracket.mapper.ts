/** Brackets and legs as rows and back. Called by the bracket stores. Must never lose a digit or a time's milliseconds. */
import type { Side, Venue } from '@tradewire/contracts/common'
import type { OrderPurpose, OrderType } from '@tradewire/contracts/events/orders'
import { Decimal, ZERO } from '@tradewire/kernel/decimal'
import type { AccountId, BracketId, FollowId, IntentId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import { type Bracket, type BracketState, type ClosingCause, holdsSlot } from '../domain/bracket.ts'
import type { Leg, LegState, Reason } from '../domain/leg.ts'
import { positionOf } from '../domain/position.ts'
import type { BracketChange } from '../ports/brackets.port.ts'
import { Columns, plain, text } from './columns.mapper.ts'

export interface BracketRow {
  readonly bracket_id: string
  readonly signal_id: string
  readonly strategy_id: string
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
  readonly venue: Venue
  readonly symbol: string
  readonly side: Side
  readonly state: BracketState
  readonly leverage: number | null
  readonly failure: Reason | null
  readonly close_cause: ClosingCause | null
  readonly close_requested_at: Date | null
  readonly gone_quantity: string
  readonly first_filled_at: Date | null
  readonly exposed_since: Date | null
  readonly unprotected_ms: number
  readonly opened_at: Date | null
  readonly closed_at: Date | null
  readonly wake_at: Date | null
}

export interface LegRow {
  readonly bracket_id: string
  readonly leg: string
  readonly intent_id: string
  readonly purpose: OrderPurpose
  readonly side: Side
  readonly type: OrderType
  readonly quantity: string
  readonly price: string | null
  readonly trigger_price: string | null
  readonly callback_rate_percent: string | null
  readonly state: LegState
  readonly revision: number
  readonly filled_quantity: string
  readonly average_price: string | null
  readonly fee: string
  readonly fee_currency: string | null
  readonly venue_order_id: string | null
  readonly client_order_id: string | null
  readonly reason: Reason | null
  readonly cancel_requested: boolean
  readonly submitted_at: string
  readonly sent_at: string | null
  readonly accepted_at: string | null
  readonly filled_at: string | null
  readonly observed_at: string | null
}

/** What `toBracket` reads. */
export const bracketColumns = `bracket_id, signal_id, strategy_id, follow_id, account_id, user_id, venue, symbol, side, state,
  leverage, failure, close_cause, close_requested_at, gone_quantity, first_filled_at, exposed_since, unprotected_ms,
  opened_at, closed_at, wake_at`

/** What `toLeg` reads. */
export const legColumns = `bracket_id, leg, intent_id, purpose, side, type, quantity, price, trigger_price,
  callback_rate_percent, state, revision, filled_quantity, average_price, fee, fee_currency, venue_order_id,
  client_order_id, reason, cancel_requested, submitted_at, sent_at, accepted_at, filled_at, observed_at`

export function toBracket(row: BracketRow, legs: readonly Leg[]): Bracket {
  const { close_cause: cause, close_requested_at: requestedAt } = row
  return {
    bracketId: row.bracket_id as BracketId,
    signalId: row.signal_id as SignalId,
    strategyId: row.strategy_id as StrategyId,
    followId: row.follow_id as FollowId,
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    venue: row.venue,
    symbol: row.symbol,
    side: row.side,
    leverage: row.leverage,
    state: row.state,
    closing: cause === null || requestedAt === null ? null : { cause, at: requestedAt.toISOString() },
    gone: amount(row.gone_quantity),
    firstFilledAt: time(row.first_filled_at),
    exposedSince: time(row.exposed_since),
    unprotectedMs: row.unprotected_ms,
    openedAt: time(row.opened_at),
    closedAt: time(row.closed_at),
    wakeAt: time(row.wake_at),
    failure: row.failure,
    legs,
  }
}

export function toLeg(row: LegRow): Leg {
  return {
    intentId: row.intent_id as IntentId,
    leg: row.leg,
    purpose: row.purpose,
    side: row.side,
    type: row.type,
    quantity: amount(row.quantity),
    price: optional(row.price),
    triggerPrice: optional(row.trigger_price),
    callbackRatePercent: optional(row.callback_rate_percent),
    state: row.state,
    revision: row.revision,
    filledQuantity: amount(row.filled_quantity),
    averagePrice: optional(row.average_price),
    fee: amount(row.fee),
    feeCurrency: row.fee_currency,
    venueOrderId: row.venue_order_id,
    clientOrderId: row.client_order_id,
    reason: row.reason,
    cancelRequested: row.cancel_requested,
    submittedAt: row.submitted_at,
    sentAt: row.sent_at,
    acceptedAt: row.accepted_at,
    filledAt: row.filled_at,
    observedAt: row.observed_at,
  }
}

/** Our own database's text: it was a decimal when it was written. */
function amount(stored: string): Decimal {
  return stored === '0' ? ZERO : new Decimal(stored)
}

function optional(stored: string | null): Decimal | null {
  return stored === null ? null : new Decimal(stored)
}

function time(stored: Date | null): string | null {
  return stored === null ? null : stored.toISOString()
}

/** What a step may change of a bracket. Figures of the position are kept beside it for lists and overviews. */
export interface BracketUpdate {
  readonly change: BracketChange
  readonly position: ReturnType<typeof positionOf>
}

export function bracketUpdate(change: BracketChange): BracketUpdate {
  return { change, position: positionOf(change.after.legs, change.after.gone) }
}

export const bracketUpdates = new Columns<BracketUpdate>([
  plain('bracket_id', 'uuid', ({ change }) => change.after.bracketId),
  plain('state', 'text', ({ change }) => change.after.state),
  plain('holds_slot', 'boolean', ({ change }) => holdsSlot(change.after)),
  text('failure', 'jsonb', ({ change }) =>
    change.after.failure === null ? null : JSON.stringify(change.after.failure),
  ),
  plain('close_cause', 'text', ({ change }) => change.after.closing?.cause ?? null),
  plain('close_requested_at', 'timestamptz', ({ change }) => change.after.closing?.at ?? null),
  plain('gone_quantity', 'numeric', ({ change }) => change.after.gone.toString()),
  plain('filled_quantity', 'numeric', ({ position }) => position.opened.toString()),
  plain('closed_quantity', 'numeric', ({ position }) => position.closed.toString()),
  plain('open_price', 'numeric', ({ position }) => position.entry.averagePrice?.toString() ?? null),
  plain('first_filled_at', 'timestamptz', ({ change }) => change.after.firstFilledAt),
  plain('exposed_since', 'timestamptz', ({ change }) => change.after.exposedSince),
  plain('unprotected_ms', 'int', ({ change }) => change.after.unprotectedMs),
  plain('opened_at', 'timestamptz', ({ change }) => change.after.openedAt),
  plain('closed_at', 'timestamptz', ({ change }) => change.after.closedAt),
  plain('wake_at', 'timestamptz', ({ change }) => change.after.wakeAt),
])

/** Written once, by the step that closed the bracket. */
export const bracketOutcomes = new Columns<BracketChange>([
  plain('bracket_id', 'uuid', ({ after }) => after.bracketId),
  plain('close_price', 'numeric', ({ closed }) => closed?.closePrice.toString() ?? null),
  plain('realized_pnl', 'numeric', ({ closed }) => closed?.realizedPnl.toString() ?? null),
  plain('fees', 'numeric', ({ closed }) => closed?.fees.toString() ?? null),
  plain('close_reason', 'text', ({ closed }) => closed?.reason ?? null),
])

export interface NumberedLeg {
  readonly bracketId: string
  readonly number: number
  readonly leg: Leg
}

/** A leg as it is ordered: everything else starts from the table's defaults. */
export const newLegs = new Columns<NumberedLeg>([
  plain('bracket_id', 'uuid', ({ bracketId }) => bracketId),
  plain('number', 'int', ({ number }) => number),
  plain('leg', 'text', ({ leg }) => leg.leg),
  plain('intent_id', 'uuid', ({ leg }) => leg.intentId),
  plain('purpose', 'text', ({ leg }) => leg.purpose),
  plain('side', 'text', ({ leg }) => leg.side),
  plain('type', 'text', ({ leg }) => leg.type),
  plain('quantity', 'numeric', ({ leg }) => leg.quantity.toString()),
  plain('price', 'numeric', ({ leg }) => leg.price?.toString() ?? null),
  plain('trigger_price', 'numeric', ({ leg }) => leg.triggerPrice?.toString() ?? null),
  plain('callback_rate_percent', 'numeric', ({ leg }) => leg.callbackRatePercent?.toString() ?? null),
  plain('submitted_at', 'text', ({ leg }) => leg.submittedAt),
])

/** What news may change of a leg. */
export const legUpdates = new Columns<NumberedLeg>([
  plain('bracket_id', 'uuid', ({ bracketId }) => bracketId),
  plain('number', 'int', ({ number }) => number),
  plain('state', 'text', ({ leg }) => leg.state),
  plain('revision', 'int', ({ leg }) => leg.revision),
  plain('filled_quantity', 'numeric', ({ leg }) => leg.filledQuantity.toString()),
  plain('average_price', 'numeric', ({ leg }) => leg.averagePrice?.toString() ?? null),
  plain('fee', 'numeric', ({ leg }) => leg.fee.toString()),
  text('fee_currency', 'text', ({ leg }) => leg.feeCurrency),
  text('venue_order_id', 'text', ({ leg }) => leg.venueOrderId),
  text('client_order_id', 'text', ({ leg }) => leg.clientOrderId),
  text('reason', 'json', ({ leg }) => (leg.reason === null ? null : JSON.stringify(leg.reason))),
  plain('cancel_requested', 'boolean', ({ leg }) => leg.cancelRequested),
  plain('sent_at', 'text', ({ leg }) => leg.sentAt),
  plain('accepted_at', 'text', ({ leg }) => leg.acceptedAt),
  plain('filled_at', 'text', ({ leg }) => leg.filledAt),
  plain('observed_at', 'text', ({ leg }) => leg.observedAt),
])

/** The legs that the step ordered, and those that it changed. */
export function legsOf({ before, after }: BracketChange): {
  readonly added: NumberedLeg[]
  readonly changed: NumberedLeg[]
} {
  const added: NumberedLeg[] = []
  const changed: NumberedLeg[] = []
  after.legs.forEach((leg, number) => {
    const earlier = before.legs[number]
    if (earlier === undefined) added.push({ bracketId: after.bracketId, number, leg })
    else if (leg !== earlier) changed.push({ bracketId: after.bracketId, number, leg })
  })
  return { added, changed }
}
