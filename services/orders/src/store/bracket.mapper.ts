/** Brackets and legs as rows and back. Called by the bracket stores. Must never lose a digit or a time's milliseconds. */
import type { AccountEnvironment, Side, Venue } from '@tradewire/contracts/common'
import type { OrderPurpose, OrderType } from '@tradewire/contracts/events/orders'
import { Decimal, ZERO } from '@tradewire/kernel/decimal'
import type { AccountId, BracketId, FollowId, IntentId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import { type Bracket, type BracketState, type ClosingCause, holdsSlot } from '../domain/bracket/bracket.ts'
import type { Leg, LegFacts, LegState, Reason, Watch } from '../domain/bracket/leg.ts'
import type { Loss } from '../domain/bracket/loss.ts'
import { positionOf } from '../domain/bracket/position.ts'
import type { BracketChange, EntryRest } from '../ports/brackets.port.ts'
import { Columns, json, plain, text } from './columns.mapper.ts'
import { toExitRules } from './settings.mapper.ts'

export interface BracketRow {
  readonly bracket_id: string
  readonly signal_id: string
  readonly strategy_id: string
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
  readonly venue: Venue
  readonly environment: AccountEnvironment
  readonly symbol: string
  readonly side: Side
  readonly state: BracketState
  readonly leverage: number | null
  readonly exit_rules: string | null
  readonly failure: Reason | null
  readonly close_cause: ClosingCause | null
  readonly close_requested_at: Date | null
  readonly gone_quantity: string
  readonly losses: readonly StoredLoss[]
  readonly first_filled_at: Date | null
  readonly exposed_since: Date | null
  readonly unprotected_ms: number
  readonly opened_at: Date | null
  readonly closed_at: Date | null
  readonly wake_at: Date | null
  readonly legs: string
}

/** A leg as the row of its bracket keeps it: amounts are decimal text. */
export interface StoredLeg {
  readonly leg: string
  readonly intentId: string
  readonly purpose: OrderPurpose
  readonly side: Side
  readonly type: OrderType
  readonly quantity: string
  readonly price: string | null
  readonly triggerPrice: string | null
  readonly callbackRatePercent: string | null
  readonly state: LegState
  readonly revision: number
  readonly filledQuantity: string
  readonly averagePrice: string | null
  readonly fee: string
  readonly feeCurrency: string | null
  readonly venueOrderId: string | null
  readonly clientOrderId: string | null
  readonly reason: Reason | null
  readonly cancelRequested: boolean
  readonly submittedAt: string
  readonly sentAt: string | null
  readonly acceptedAt: string | null
  readonly filledAt: string | null
  readonly fillObservedAt: string | null
  readonly observedAt: string | null
  readonly watch?: StoredWatch
}

interface StoredWatch {
  readonly since: string
  readonly firedAt: string | null
  readonly firedPrice: string | null
  readonly bestPrice: string | null
  readonly blindSince: string | null
}

/** What `toBracket` reads. */
export const bracketColumns = `bracket_id, signal_id, strategy_id, follow_id, account_id, user_id, venue, environment, symbol, side, state,
  leverage, exit_rules, failure, close_cause, close_requested_at, gone_quantity, losses, first_filled_at, exposed_since, unprotected_ms,
  opened_at, closed_at, wake_at, legs`

export function toBracket(row: BracketRow): Bracket {
  const { close_cause: cause, close_requested_at: requestedAt } = row
  return {
    bracketId: row.bracket_id as BracketId,
    signalId: row.signal_id as SignalId,
    strategyId: row.strategy_id as StrategyId,
    followId: row.follow_id as FollowId,
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    venue: row.venue,
    environment: row.environment,
    symbol: row.symbol,
    side: row.side,
    leverage: row.leverage,
    exits: toExitRules(row.exit_rules),
    state: row.state,
    closing: cause === null || requestedAt === null ? null : { cause, at: requestedAt.toISOString() },
    gone: amount(row.gone_quantity),
    losses: row.losses.map(toLoss),
    firstFilledAt: time(row.first_filled_at),
    exposedSince: time(row.exposed_since),
    unprotectedMs: row.unprotected_ms,
    openedAt: time(row.opened_at),
    closedAt: time(row.closed_at),
    wakeAt: time(row.wake_at),
    failure: row.failure,
    legs: storedLegs(row.legs).map(toLeg),
  }
}

export function toLeg({ watch, ...stored }: StoredLeg): Leg {
  return {
    ...stored,
    ...(watch === undefined ? {} : { watch: toWatch(watch) }),
    intentId: stored.intentId as IntentId,
    quantity: amount(stored.quantity),
    price: optional(stored.price),
    triggerPrice: optional(stored.triggerPrice),
    callbackRatePercent: optional(stored.callbackRatePercent),
    filledQuantity: amount(stored.filledQuantity),
    averagePrice: optional(stored.averagePrice),
    fee: amount(stored.fee),
  }
}

function toWatch(stored: StoredWatch): Watch {
  return { ...stored, firedPrice: optional(stored.firedPrice), bestPrice: optional(stored.bestPrice) }
}

/** What is usual is left out of the text: a leg is stored with each step of its bracket. */
const usual = {
  price: null,
  triggerPrice: null,
  callbackRatePercent: null,
  revision: 0,
  filledQuantity: '0',
  averagePrice: null,
  fee: '0',
  feeCurrency: null,
  venueOrderId: null,
  clientOrderId: null,
  reason: null,
  cancelRequested: false,
  sentAt: null,
  acceptedAt: null,
  filledAt: null,
  fillObservedAt: null,
  observedAt: null,
} satisfies Partial<StoredLeg>

type LegText = Omit<StoredLeg, keyof typeof usual> & Partial<StoredLeg>

/** Written by `legsJson`. */
export function storedLegs(legs: string): readonly StoredLeg[] {
  return (JSON.parse(legs) as LegText[]).map((leg) => ({ ...usual, ...leg }))
}

export function legsJson(legs: readonly Leg[]): string {
  return JSON.stringify(legs.map(legText))
}

type Said = { -readonly [Name in keyof LegText]?: LegText[Name] | Watch }

function legText(leg: Leg): Said {
  const { intentId, purpose, side, type, price, triggerPrice, callbackRatePercent } = leg
  const said: Said = { leg: leg.leg, intentId, purpose, side, type, quantity: leg.quantity.toString() }
  if (price !== null) said.price = price.toString()
  if (triggerPrice !== null) said.triggerPrice = triggerPrice.toString()
  if (callbackRatePercent !== null) said.callbackRatePercent = callbackRatePercent.toString()
  said.state = leg.state
  said.submittedAt = leg.submittedAt
  sayFacts(said, leg)
  if (leg.cancelRequested) said.cancelRequested = true
  // Decimals write themselves as their exact text.
  if (leg.watch !== undefined) said.watch = leg.watch
  return said
}

function sayFacts(said: Said, leg: LegFacts): void {
  if (leg.revision !== 0) said.revision = leg.revision
  if (!leg.filledQuantity.eq(ZERO)) said.filledQuantity = leg.filledQuantity.toString()
  if (leg.averagePrice !== null) said.averagePrice = leg.averagePrice.toString()
  if (!leg.fee.eq(ZERO)) said.fee = leg.fee.toString()
  if (leg.feeCurrency !== null) said.feeCurrency = leg.feeCurrency
  if (leg.venueOrderId !== null) said.venueOrderId = leg.venueOrderId
  if (leg.clientOrderId !== null) said.clientOrderId = leg.clientOrderId
  if (leg.reason !== null) said.reason = leg.reason
  if (leg.sentAt !== null) said.sentAt = leg.sentAt
  if (leg.acceptedAt !== null) said.acceptedAt = leg.acceptedAt
  if (leg.filledAt !== null) said.filledAt = leg.filledAt
  if (leg.fillObservedAt !== null) said.fillObservedAt = leg.fillObservedAt
  if (leg.observedAt !== null) said.observedAt = leg.observedAt
}

/** As it is stored: amounts are text. */
export interface StoredLoss extends Omit<Loss, 'quantity' | 'price' | 'fee'> {
  readonly quantity: string
  readonly price: string | null
  readonly fee: string
}

export function toLoss(stored: StoredLoss): Loss {
  const { quantity, price, fee } = stored
  return { ...stored, quantity: amount(quantity), price: optional(price), fee: amount(fee) }
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
  return { change, position: positionOf(change.after) }
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
  text('losses', 'jsonb', ({ change }) => JSON.stringify(change.after.losses)),
  plain('filled_quantity', 'numeric', ({ position }) => position.opened.toString()),
  plain('closed_quantity', 'numeric', ({ position }) => position.closed.toString()),
  plain('open_price', 'numeric', ({ position }) => position.entry.averagePrice?.toString() ?? null),
  plain('first_filled_at', 'timestamptz', ({ change }) => change.after.firstFilledAt),
  plain('exposed_since', 'timestamptz', ({ change }) => change.after.exposedSince),
  plain('unprotected_ms', 'int', ({ change }) => change.after.unprotectedMs),
  plain('opened_at', 'timestamptz', ({ change }) => change.after.openedAt),
  plain('closed_at', 'timestamptz', ({ change }) => change.after.closedAt),
  plain('wake_at', 'timestamptz', ({ change }) => change.after.wakeAt),
  plain('close_price', 'numeric', ({ change }) => change.closed?.closePrice.toString() ?? null),
  plain('realized_pnl', 'numeric', ({ change }) => change.closed?.realizedPnl.toString() ?? null),
  plain('fees', 'numeric', ({ change }) => change.closed?.fees.toString() ?? null),
  plain('close_reason', 'text', ({ change }) => change.closed?.reason ?? null),
  json('legs', ({ change }) => legsJson(change.after.legs)),
])

/** Known by the step that closed the bracket alone; what is stored of them stays. */
export const outcomeColumns = ['close_price', 'realized_pnl', 'fees', 'close_reason']

/**
 * All that changes when an order comes to rest: most steps of a signal with many followers. A statement of its own for
 * them costs half of the other.
 */
export const restUpdates = new Columns<BracketChange>([
  plain('bracket_id', 'uuid', ({ after }) => after.bracketId),
  plain('state', 'text', ({ after }) => after.state),
  plain('wake_at', 'timestamptz', ({ after }) => after.wakeAt),
  json('legs', ({ after }) => legsJson(after.legs)),
])

/** How the text of an entry begins and ends as long as nothing was told of it, and nothing asked of it. */
export const untoldEntrySql = `starts_with(b.legs, '[{"leg":"entry","intentId":"' || u.intent_id || '"')
  and b.legs like '%"state":"submitted","submittedAt":"________________________"}]'`

export const firstRestLegsSql = `replace(b.legs, '"state":"submitted"', u.entry)`

export const firstRests = new Columns<EntryRest>([
  plain('bracket_id', 'uuid', ({ bracketId }) => bracketId),
  plain('intent_id', 'text', ({ intentId }) => intentId),
  plain('state', 'text', ({ rest }) => rest.state),
  json('entry', ({ rest }) => {
    const said: Said = { state: rest.entry.state }
    sayFacts(said, rest.entry)
    return JSON.stringify(said).slice(1, -1)
  }),
])

/** Nothing is held and nothing has ended: of the bracket's own figures none has changed but its state and its turn. */
export function isRest({ before, after, closed }: BracketChange): boolean {
  return (
    closed === null &&
    after.failure === before.failure &&
    after.closing === before.closing &&
    after.gone === before.gone &&
    after.losses === before.losses &&
    after.firstFilledAt === before.firstFilledAt &&
    after.exposedSince === before.exposedSince &&
    after.unprotectedMs === before.unprotectedMs &&
    after.openedAt === before.openedAt &&
    after.closedAt === before.closedAt &&
    holdsSlot(after) &&
    after.legs.every(({ filledQuantity, averagePrice }) => filledQuantity.eq(ZERO) && averagePrice === null)
  )
}
