/**
 * The venue's codes and words as our closed union. Called by the connection and the session.
 * Must never call a transaction refused whose fate is open.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError, RejectionCode } from '@tradewire/broker-kit/broker-error'

/** `place`: something may have been done. `read`: nothing was changed. */
export type CallKind = 'place' | 'read'

const retryAfterMs = 1_000
const authCodes = new Set(['BE004', 'BE005', 'EX004', 'EX006', 'EX007', 'EX010', 'EX017'])
const rateCodes = new Set(['BE014', 'BE016', 'BE017', 'EX005', 'EX008'])
/** The session is gone, so nothing was begun: a new login cures it. */
const sessionCodes = new Set(['BE103', 'BE117', 'BE118', 'BE200'])
/** Internal errors, which say nothing of what was done. */
const unclear = /^(EX001|EX002|EX003|SE\w+|BE000|BE019|BE099)$/

const rejectionByCode: ReadonlyMap<string, RejectionCode> = new Map<string, RejectionCode>([
  ['BE001', 'INVALID_PRICE'],
  ['BE002', 'WOULD_TRIGGER_IMMEDIATELY'],
  ['BE003', 'INVALID_QUANTITY'],
  ['BE006', 'MARKET_CLOSED'],
  ['BE007', 'INVALID_ORDER'],
  ['BE009', 'INSUFFICIENT_FUNDS'],
  ['BE010', 'MARKET_CLOSED'],
  ['BE013', 'INVALID_PRICE'],
  ['BE018', 'MARKET_CLOSED'],
  ['BE094', 'UNKNOWN_SYMBOL'],
  ['BE095', 'UNKNOWN_SYMBOL'],
  ['BE097', 'ORDER_NOT_FOUND'],
  ['BE098', 'ORDER_NOT_FOUND'],
  ['BE101', 'UNKNOWN_SYMBOL'],
  ['BE102', 'INVALID_ORDER'],
  ['BE106', 'INVALID_ORDER'],
  ['BE110', 'INVALID_ORDER'],
  ['BE115', 'UNKNOWN_SYMBOL'],
  ['BE116', 'UNKNOWN_SYMBOL'],
  ['BE51', 'ORDER_NOT_FOUND'],
  ['EX000', 'INVALID_ORDER'],
])

/** The error of a reply with `status` false. */
export function errorOfCode(code: string, description: string, kind: CallKind): BrokerError {
  const message = `${code} ${description}`.trim().slice(0, 200)
  if (authCodes.has(code)) return brokerError.authFailed(message)
  if (rateCodes.has(code)) return brokerError.rateLimited(retryAfterMs, message)
  if (sessionCodes.has(code)) return kind === 'place' ? brokerError.notSent(message) : brokerError.connectivity(message)
  if (unclear.test(code)) {
    return kind === 'place' ? brokerError.outcomeUnknown(message) : brokerError.connectivity(message)
  }
  return brokerError.rejected(rejectionByCode.get(code) ?? 'REFUSED_BY_VENUE', message)
}

export function endsSession(code: string): boolean {
  return sessionCodes.has(code)
}

const rejectionByWords: readonly (readonly [RegExp, RejectionCode])[] = [
  [/not enough money|margin/i, 'INSUFFICIENT_FUNDS'],
  [/s\/l|t\/p|stop ?loss|take ?profit/i, 'WOULD_TRIGGER_IMMEDIATELY'],
  [/volume/i, 'INVALID_QUANTITY'],
  [/price/i, 'INVALID_PRICE'],
  [/closed order|no such transaction|already closed/i, 'ORDER_NOT_FOUND'],
  [/market|off quotes|trading on instrument/i, 'MARKET_CLOSED'],
  [/too many/i, 'TOO_MANY_ORDERS'],
]

/** A transaction that the venue took and then rejected gives its reason in words. */
export function rejectionOf(words: string | null | undefined): brokerError.RejectedError {
  const message = (words ?? 'rejected by the venue').slice(0, 200)
  const known = rejectionByWords.find(([pattern]) => pattern.test(message))
  return brokerError.rejected(known?.[1] ?? 'REFUSED_BY_VENUE', message)
}
