/**
 * One order of a bracket, mirrored from what the venue is known to have done with it.
 * Called by the bracket. Must never guess: only evidence with a higher revision moves a leg.
 */
import type { Side } from '@tradewire/contracts/common'
import type { OrderPurpose, OrderType } from '@tradewire/contracts/events/orders'
import { type Decimal, ZERO } from '@tradewire/kernel/decimal'
import type { IntentId } from '@tradewire/kernel/ids'

/**
 * `watching`: no order yet, the price is watched for it. `submitted`: the command is out, nothing came back.
 * `unknown`: it may stand; evidence will follow (rule R13).
 */
export type LegState = 'watching' | 'submitted' | 'working' | 'unknown' | 'filled' | 'rejected' | 'cancelled'

/** What is told of an order. `rejected`: the venue refused it, or is proved never to have had it. `unknown`: no reply came. */
export type LegNews = 'accepted' | 'filled' | 'rejected' | 'unknown' | 'cancelled'

/**
 * What a move needs: news of the order, where a fill may be of a part; or of what is watched, that its price has come or
 * that the trade goes on without it. That we asked for its end moves nothing: its venue's answer does.
 */
export type LegEvidence = LegNews | 'part-filled' | 'price-reached' | 'not-needed'

/**
 * Where evidence leads from each state; what is not here moves nothing. A rejected or cancelled order may still turn out
 * to have stood or filled (rule R14); a filled one is filled for ever.
 */
export const legMoves: Readonly<Record<LegState, Readonly<Partial<Record<LegEvidence, LegState>>>>> = {
  watching: { 'price-reached': 'submitted', 'not-needed': 'cancelled' },
  submitted: {
    accepted: 'working',
    'part-filled': 'working',
    filled: 'filled',
    rejected: 'rejected',
    unknown: 'unknown',
    cancelled: 'cancelled',
  },
  working: { filled: 'filled', rejected: 'rejected', unknown: 'unknown', cancelled: 'cancelled' },
  unknown: {
    accepted: 'working',
    'part-filled': 'working',
    filled: 'filled',
    rejected: 'rejected',
    cancelled: 'cancelled',
  },
  filled: {},
  rejected: { accepted: 'working', 'part-filled': 'working', filled: 'filled', cancelled: 'cancelled' },
  cancelled: { filled: 'filled' },
}

export function afterEvidence(state: LegState, by: LegEvidence): LegState {
  return legMoves[state][by] ?? state
}

/** A leg begins with its command, or as a watch that turns into one only by its price. */
export function firstState(watch: Watch | undefined): LegState {
  if (watch === undefined) return 'submitted'
  return watch.firedAt === null ? 'watching' : afterEvidence('watching', 'price-reached')
}

export interface Reason {
  readonly code: string
  readonly message: string
}

/** Kept with a leg that is emulated, and with no other. All times are UTC. */
export interface Watch {
  readonly since: string
  /** When the price got there; null before. */
  readonly firedAt: string | null
  readonly firedPrice: Decimal | null
  /** Of a trailing stop, the best price by which it fired. */
  readonly bestPrice: Decimal | null
  /** Since when no price has come; null while prices come. */
  readonly blindSince: string | null
}

export interface LegOrder {
  readonly intentId: IntentId
  /** Unique within the bracket: entry, stop-1, target-2, close-1. */
  readonly leg: string
  readonly purpose: OrderPurpose
  readonly side: Side
  readonly type: OrderType
  readonly quantity: Decimal
  readonly price: Decimal | null
  readonly triggerPrice: Decimal | null
  readonly callbackRatePercent: Decimal | null
  /** Left out where the venue keeps the order itself: there are many of those. */
  readonly watch?: Watch
}

/** What evidence tells of an order. All times are UTC, ISO 8601 with milliseconds. */
export interface LegFacts {
  readonly state: LegState
  /** Of the last update taken; 0 before the first. */
  readonly revision: number
  readonly filledQuantity: Decimal
  readonly averagePrice: Decimal | null
  readonly fee: Decimal
  readonly feeCurrency: string | null
  readonly venueOrderId: string | null
  readonly clientOrderId: string | null
  readonly reason: Reason | null
  readonly sentAt: string | null
  readonly acceptedAt: string | null
  /** When the last of it was executed, by the venue's word, or else as `fillObservedAt`. */
  readonly filledAt: string | null
  /** When we heard of that: what waits for more news of it counts from here. */
  readonly fillObservedAt: string | null
  readonly observedAt: string | null
}

export interface Leg extends LegOrder, LegFacts {
  /** We asked for its end: it no longer counts as protection. */
  readonly cancelRequested: boolean
  readonly submittedAt: string
}

/** Of an order whose command has just gone out. */
export const untold: LegFacts = {
  state: firstState(undefined),
  revision: 0,
  filledQuantity: ZERO,
  averagePrice: null,
  fee: ZERO,
  feeCurrency: null,
  venueOrderId: null,
  clientOrderId: null,
  reason: null,
  sentAt: null,
  acceptedAt: null,
  filledAt: null,
  fillObservedAt: null,
  observedAt: null,
}

export interface LegUpdate {
  readonly intentId: string
  readonly news: LegNews
  readonly revision: number
  readonly venueOrderId: string | null
  readonly clientOrderId: string
  readonly final: boolean
  /** Cumulative, as are the fee and the average price. */
  readonly filledQuantity: Decimal
  readonly averagePrice: Decimal | null
  readonly fee: Decimal
  readonly feeCurrency: string | null
  readonly reason: Reason | null
  readonly sentAt: string | null
  /** Of the last of what is filled; null where the venue does not tell. */
  readonly executedAt: string | null
  readonly observedAt: string
}

export function isWatching({ state, watch }: Pick<Leg, 'state' | 'watch'>): boolean {
  return state === 'watching' && watch?.firedAt === null
}

/** No price comes, so it cannot fire. */
export function isBlind({ state, watch }: Pick<Leg, 'state' | 'watch'>): boolean {
  return watch !== undefined && isWatching({ state, watch }) && watch.blindSince !== null
}

/** Its price has come: it is sent as soon as it can be. */
export function hasFired({ watch }: { readonly watch?: Watch | undefined }): boolean {
  return watch !== undefined && watch.firedAt !== null
}

/** A fired target sells its part; what else fires takes off all that is left. */
export function endsTrade({ purpose, watch }: Pick<Leg, 'purpose' | 'watch'>): boolean {
  return purpose !== 'target' && hasFired({ watch })
}

export function isFinal(leg: Pick<Leg, 'state'>): boolean {
  return leg.state === 'filled' || leg.state === 'rejected' || leg.state === 'cancelled'
}

/** False of what was only watched for. */
export function wasOrdered({ watch, state, revision }: Pick<Leg, 'watch' | 'state' | 'revision'>): boolean {
  return watch === undefined || revision > 0 || (state !== 'watching' && state !== 'cancelled')
}

/** What of the order can still be executed. */
export function openQuantity(leg: Pick<Leg, 'quantity' | 'filledQuantity'>): Decimal {
  return leg.quantity.minus(leg.filledQuantity)
}

/** A stop and a target in one order. */
export function isPair({ type }: Pick<Leg, 'type'>): boolean {
  return type === 'stop-or-target'
}

/** What the order was for; of a pair, which of the two was executed: the price that the fill is nearer to tells. */
export function purposeOf({ purpose, type, price, triggerPrice, averagePrice }: Leg): OrderPurpose {
  if (!isPair({ type }) || price === null || triggerPrice === null || averagePrice === null) return purpose
  return averagePrice.minus(price).abs().lt(averagePrice.minus(triggerPrice).abs()) ? 'target' : 'stop'
}

/** The leg after this news; the same object when the news is old or repeated. */
export function mirror<Facts extends LegFacts>(leg: Facts, update: LegUpdate): Facts {
  if (update.revision <= leg.revision) return leg
  const state = afterEvidence(leg.state, evidenceOf(update))
  const grew = update.filledQuantity.gt(leg.filledQuantity)
  const executed = grew || update.filledQuantity.eq(leg.filledQuantity)
  return {
    ...leg,
    state,
    revision: update.revision,
    // Quantities are cumulative: what was executed once stays executed.
    filledQuantity: grew ? update.filledQuantity : leg.filledQuantity,
    averagePrice: executed ? (update.averagePrice ?? leg.averagePrice) : leg.averagePrice,
    // Without a currency the venue has not told the fee yet: what was known of it stays.
    fee: executed && update.feeCurrency !== null ? update.fee : leg.fee,
    // More was executed and its fee is not told: what is known is not all of it.
    feeCurrency: update.feeCurrency ?? (grew ? null : leg.feeCurrency),
    venueOrderId: update.venueOrderId ?? leg.venueOrderId,
    clientOrderId: update.clientOrderId,
    reason: update.reason ?? leg.reason,
    sentAt: leg.sentAt ?? update.sentAt,
    acceptedAt: leg.acceptedAt ?? (state === 'working' || state === 'filled' ? update.observedAt : null),
    filledAt: grew ? (update.executedAt ?? update.observedAt) : leg.filledAt,
    fillObservedAt: grew ? update.observedAt : leg.fillObservedAt,
    observedAt: update.observedAt,
  }
}

function evidenceOf({ news, final }: LegUpdate): LegEvidence {
  return news === 'filled' && !final ? 'part-filled' : news
}
