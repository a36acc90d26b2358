/**
 * What Coinbase's words for errors mean where ccxt's classes do not tell it. Called by the Coinbase exchange through its api.
 * Must never list a word as a refusal that can also follow an order which stands.
 */
import type { RateScope, RejectionCode } from '@tradewire/broker-kit/broker-error'
import type { VenueCode, VenueCodes } from '../ccxt/ccxt-error.map.ts'

export const coinbaseCodes: VenueCodes = {
  // A refused order says its reason as that of a preview; other errors have a name or an id.
  code: /"(?:preview_failure_reason|error|id)":\s*"((?!UNKNOWN_FAILURE_REASON)[A-Za-z_]+)"/,
  words: /"(?:preview_failure_reason|message)":\s*"([^"]+)"/,
  auth: new Set([
    'unauthorized',
    'authentication_error',
    'invalid_token',
    'revoked_token',
    'expired_token',
    'PERMISSION_DENIED',
  ]),
  unknown: new Set(['internal_server_error', 'INTERNAL', 'UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNKNOWN']),
  stale: new Set(),
  limited: new Map<VenueCode, RateScope>(
    ['rate_limit_exceeded', 'resource_exhausted', 'RESOURCE_EXHAUSTED'].map((code) => [code, 'egress']),
  ),
  rejections: new Map<string, RejectionCode>([
    ['INSUFFICIENT_FUND', 'INSUFFICIENT_FUNDS'],
    ['PREVIEW_INSUFFICIENT_FUND', 'INSUFFICIENT_FUNDS'],
    ['PREVIEW_INVALID_BASE_SIZE_TOO_SMALL', 'INVALID_QUANTITY'],
    ['PREVIEW_INVALID_BASE_SIZE_TOO_LARGE', 'INVALID_QUANTITY'],
    ['PREVIEW_INVALID_SIZE_PRECISION', 'INVALID_QUANTITY'],
    ['PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL', 'BELOW_MINIMUM_NOTIONAL'],
    ['PREVIEW_INVALID_PRICE_PRECISION', 'INVALID_PRICE'],
    ['PREVIEW_INVALID_LIMIT_PRICE', 'INVALID_PRICE'],
    ['PREVIEW_INVALID_STOP_PRICE', 'INVALID_PRICE'],
    ['PREVIEW_INVALID_BRACKET_PRICES', 'WOULD_TRIGGER_IMMEDIATELY'],
    ['PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE', 'WOULD_TRIGGER_IMMEDIATELY'],
    ['PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE', 'WOULD_TRIGGER_IMMEDIATELY'],
    ['PREVIEW_OPEN_ORDERS_LIMIT_EXCEEDED', 'TOO_MANY_ORDERS'],
    ['INVALID_ARGUMENT', 'INVALID_ORDER'],
    ['NOT_FOUND', 'ORDER_NOT_FOUND'],
    ['UNKNOWN_CANCEL_ORDER', 'ORDER_NOT_FOUND'],
  ]),
  refuses: (code) => typeof code === 'string' && code.startsWith('PREVIEW_'),
}
