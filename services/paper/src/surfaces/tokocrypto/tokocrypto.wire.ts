/**
 * Tokocrypto's envelope, its errors around those of Binance, and who signed a request: Binance's signature on other paths.
 * Called by the endpoints of this protocol. Must never let a request pass whose text differs from what was signed.
 */
import type { Refusal } from '#domain/engine/check-order'
import type { Operation } from '#domain/protocol/faults'
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

export function unknownSymbol(now: number): Refused {
  return plainError(invalidSymbol, now)
}

export function orderDoesNotExist(now: number): Refused {
  return { status: okHttp, body: { code: 3_218, msg: 'Order does not exist', timestamp: now } }
}

/** What the venue tells with numbers and words of its own; all other refusals come as Binance tells them. */
const ownRefusals: Readonly<Partial<Record<Refusal['code'], { readonly code: number; readonly msg: string }>>> = {
  INSUFFICIENT_FUNDS: { code: 2_202, msg: 'Insufficient balance' },
  NOTIONAL: { code: 3_210, msg: 'The total volume is too low' },
  QUANTITY_STEP: { code: 3_203, msg: 'Incorrect Order Quantity' },
  QUANTITY_RANGE: { code: 3_203, msg: 'Incorrect Order Quantity' },
  PRICE_RANGE: { code: 3_207, msg: 'The price is out of range' },
  PRICE_PERCENT: { code: 3_207, msg: 'The price is out of range' },
}

/** What the machinery behind the venue said is inside. */
export function refusedOrder(refusal: Refusal, market: boolean, now: number): Refused {
  const inner = refusalOf(refusal, market)
  const own = ownRefusals[refusal.code]
  if (own === undefined) return plainError(inner, now)
  return { status: okHttp, body: { ...own, data: { code: inner.code, msg: inner.msg }, timestamp: now } }
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
