/**
 * What can go wrong at a venue, as one closed union: every caller handles every member.
 * Called by the adapters, which make them, and by placement and reconciliation, which decide by them.
 * Must never carry a key, a signature or a signed URL: messages are shown to people.
 */
import type { OrderType } from '@tradewire/contracts/events/orders'

/** The venue was not reached, or a read failed: nothing was changed by the call. */
export interface ConnectivityError {
  readonly kind: 'connectivity'
  readonly message: string
}

/** Whose rate was too high: that of our address, which all of its accounts share, or one account's own. */
export type RateScope = 'egress' | 'account'

/** The venue refused the call because of its rate; it was not executed. */
export interface RateLimitedError {
  readonly kind: 'rate-limited'
  readonly scope: RateScope
  readonly retryAfterMs: number
  readonly message: string
}

/** The venue proved that it will not do it. */
export interface RejectedError {
  readonly kind: 'rejected'
  readonly code: RejectionCode
  /** The venue's own words. */
  readonly message: string
}

/** Key unknown, signature wrong, permission missing. */
export interface AuthError {
  readonly kind: 'auth'
  readonly message: string
}

/** The call may have been executed: only evidence from the venue tells. Never send again because of this. */
export interface OutcomeUnknownError {
  readonly kind: 'outcome-unknown'
  readonly message: string
}

/** The adapter declares no such capability; no call was made. */
export interface UnsupportedError {
  readonly kind: 'unsupported'
  readonly capability: string
  readonly message: string
}

/** Proved not sent: the connection was never made, or a check of ours stopped it. */
export interface NotSentError {
  readonly kind: 'not-sent'
  readonly message: string
}

export type BrokerError =
  | ConnectivityError
  | RateLimitedError
  | RejectedError
  | AuthError
  | OutcomeUnknownError
  | UnsupportedError
  | NotSentError

/** Stable words for the reasons that venues give. */
export const rejectionCodes = [
  'INSUFFICIENT_FUNDS',
  'INVALID_ORDER',
  'INVALID_QUANTITY',
  'INVALID_PRICE',
  'BELOW_MINIMUM_NOTIONAL',
  'WOULD_TRIGGER_IMMEDIATELY',
  'REDUCE_ONLY_REFUSED',
  'DUPLICATE_CLIENT_ORDER_ID',
  'UNKNOWN_SYMBOL',
  'MARKET_CLOSED',
  'ORDER_NOT_FOUND',
  'TOO_MANY_ORDERS',
  'LEVERAGE_REFUSED',
  'ACCOUNT_SETTINGS_UNSUITABLE',
  'REFUSED_BY_VENUE',
] as const
export type RejectionCode = (typeof rejectionCodes)[number]

export function connectivity(message: string): ConnectivityError {
  return { kind: 'connectivity', message }
}

/** Where a venue does not say whose limit it is, all of its accounts wait: that is the careful side. */
export function rateLimited(retryAfterMs: number, message: string, scope: RateScope = 'egress'): RateLimitedError {
  return { kind: 'rate-limited', scope, retryAfterMs, message }
}

export function rejected(code: RejectionCode, message: string): RejectedError {
  return { kind: 'rejected', code, message }
}

export function authFailed(message: string): AuthError {
  return { kind: 'auth', message }
}

export function outcomeUnknown(message: string): OutcomeUnknownError {
  return { kind: 'outcome-unknown', message }
}

export function unsupported(capability: string, message: string): UnsupportedError {
  return { kind: 'unsupported', capability, message }
}

export function unsupportedType(type: OrderType): UnsupportedError {
  return unsupported(`orderType:${type}`, `the venue takes no ${type} orders`)
}

export function notSent(message: string): NotSentError {
  return { kind: 'not-sent', message }
}
