/** Errors of the direct protocol with their HTTP status. Called by its routes. Must never use a code outside the contract. */
import type { DirectErrorCode } from '@tradewire/contracts/paper/direct'

export interface DirectFailure {
  readonly code: DirectErrorCode
  readonly message: string
  readonly retryAfterMs?: number
}

export const statusOf: Readonly<Record<DirectErrorCode, number>> = {
  INVALID_REQUEST: 400,
  AUTHENTICATION_FAILED: 401,
  RATE_LIMITED: 429,
  UNKNOWN_SYMBOL: 404,
  FILTER_FAILED: 422,
  NO_PRICE: 422,
  INSUFFICIENT_MARGIN: 422,
  REDUCE_ONLY_REFUSED: 422,
  WOULD_TRIGGER_IMMEDIATELY: 422,
  WOULD_TAKE_IMMEDIATELY: 422,
  DUPLICATE_CLIENT_ORDER_ID: 409,
  TOO_MANY_ORDERS: 422,
  ORDER_NOT_FOUND: 404,
  ORDER_ALREADY_FINAL: 409,
  LEVERAGE_REFUSED: 422,
  REFUSED: 422,
  OUTCOME_UNKNOWN: 503,
}

export function failure(code: DirectErrorCode, message: string): DirectFailure {
  return { code, message }
}
