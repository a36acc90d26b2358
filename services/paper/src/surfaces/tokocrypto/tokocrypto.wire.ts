/**
 * Tokocrypto's envelope, its errors around those of Binance, and who signed a request: Binance's signature on other paths.
 * Called by the endpoints of this protocol. Must never let a request pass whose text differs from what was signed.
 */
import type { Refusal } from '#domain/check-order'
import type { Operation } from '#domain/faults'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { parametersOf, type Parameters } from '../binance/parameters.wire.ts'
import { checkSigned } from '../binance/signature.wire.ts'
import {
  invalidSymbol,
  keyFormatInvalid,
  keyUnknown,
  outcomeUnknown,
  tooManyWeight,
  type VenueError,
} from '../binance/venue-error.wire.ts'
import { refusalOf } from '../binance-spot/refusals.map.ts'
import { headerOf, type ProtocolWords, type RawCall, type Refused } from '../protocol/protocol.controller.ts'

export const tokocryptoVenue = 'tokocrypto'

const okHttp = 200
const windowMs = 60_000
/** The venue allows so many calls of an account in a minute. */
export const callsMax = 1_200

export function envelope(data: unknown, now: number) {
  return { code: 0, msg: 'Success', data, timestamp: now }
}

/** An error of the machinery behind the venue, as it comes. */
export function plainError({ status, code, msg }: VenueError, now: number): Refused {
  return { status, body: { code, msg, timestamp: now } }
}

/** An error of the venue's own; what the machinery behind it said is inside. */
function ownError(code: number, msg: string, inner: VenueError, now: number): Refused {
  return { status: okHttp, body: { code, msg, data: { code: inner.code, msg: inner.msg }, timestamp: now } }
}

export function unknownSymbol(now: number): Refused {
  return plainError(invalidSymbol, now)
}

export function orderDoesNotExist(now: number): Refused {
  return { status: okHttp, body: { code: 3_218, msg: 'Order does not exist', timestamp: now } }
}

/** The venue's words for the refusals that it tells itself; all others come as Binance tells them. */
export function refusedOrder(refusal: Refusal, market: boolean, now: number): Refused {
  const inner = refusalOf(refusal, market)
  switch (refusal.code) {
    case 'INSUFFICIENT_FUNDS':
      return ownError(2_202, 'Insufficient balance', inner, now)
    case 'NOTIONAL':
      return ownError(3_210, 'The total volume is too low', inner, now)
    case 'QUANTITY_STEP':
    case 'QUANTITY_RANGE':
      return ownError(3_203, 'Incorrect Order Quantity', inner, now)
    case 'PRICE_RANGE':
    case 'PRICE_PERCENT':
      return ownError(3_207, 'The price is out of range', inner, now)
    default:
      return plainError(inner, now)
  }
}

export function parametersOfCall(raw: RawCall): Parameters {
  return parametersOf(raw.query, raw.body)
}

function accountOf(raw: RawCall, venue: RunningVenue, now: number): Account | Refused {
  const key = headerOf(raw, 'x-mbx-apikey')
  if (key === undefined) return plainError(keyFormatInvalid, now)
  const account = venue.state.accountsByKey.get(key)
  if (account?.venue !== tokocryptoVenue) return plainError(keyUnknown, now)
  const wrong = checkSigned(raw, parametersOfCall(raw), account.secret, now)
  return wrong === undefined ? account : plainError(wrong, now)
}

function rejected(operation: Operation): Refused {
  if (operation === 'cancel') return orderDoesNotExist(0)
  return { status: okHttp, body: { code: -2_010, msg: 'Market is closed.', timestamp: 0 } }
}

export const tokocryptoWords: ProtocolWords = {
  accountOf,
  limited: (retryAfterMs) => {
    const { status, code, msg } = tooManyWeight(callsMax, retryAfterMs)
    return { status, body: { code, msg }, headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } }
  },
  rejected,
  unknown: plainError(outcomeUnknown, 0),
  windowMs,
}
