/**
 * CEX.IO's envelope, its errors in words, and who signed a request: the action, the second and the body, each as it was sent.
 * Called by the endpoints of this protocol. Must never let a request pass whose text differs from what was signed.
 */
import { createHmac } from 'node:crypto'
import { subAccount } from '#domain/accounts/account-keys'
import type { Operation } from '#domain/protocol/faults'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { signatureMatches } from '../binance/signature.wire.ts'
import { equalTexts } from '../okx/okx.wire.ts'
import { headerOf, type ProtocolWords, type RawCall, type Refused } from '../protocol/protocol.controller.ts'

export const cexVenue = 'cex'

const badRequest = 400
const unauthorizedHttp = 401
const tooManyRequests = 429
const unavailable = 503
const windowMs = 60_000
const freshSeconds = 30
const secondMs = 1_000
const seconds = /^\d{10}$/

export function envelope(data: unknown) {
  return { ok: 'ok', data }
}

/** Errors have words and no number. */
export function cexError(error: string, status = badRequest): Refused {
  return { status, body: { error } }
}

export const bodyUnreadable = cexError('Request body check failed: it is not JSON')
export const pairUnknown = cexError('Currency pair is not supported')
export const orderNotFound = cexError('Order not found')
export const keyIncorrect = 'API key not passed or incorrect'
const unauthorized = cexError(keyIncorrect, unauthorizedHttp)

/** A field that is not what the document says. */
export function checkFailed(field: string): Refused {
  return cexError(`Field ${field} check failed`)
}

function accountOf(raw: RawCall, venue: RunningVenue, now: number): Account | Refused {
  const account = venue.state.accountsByKey.get(headerOf(raw, 'x-aggr-key') ?? '')
  const timestamp = headerOf(raw, 'x-aggr-timestamp') ?? ''
  if (account?.venue !== cexVenue) return unauthorized
  if (!seconds.test(timestamp) || Math.abs(now / secondMs - Number(timestamp)) > freshSeconds) {
    return cexError('Request timestamp check failed', unauthorizedHttp)
  }
  const action = raw.path.split('/').at(-1) ?? ''
  const expected = createHmac('sha256', account.secret).update(`${action}${timestamp}${raw.body}`).digest('base64')
  return equalTexts(expected, headerOf(raw, 'x-aggr-signature') ?? '') ? account : unauthorized
}

/** The websocket has a signature of its own: over the second and the key. */
export function accountOfLogin(login: unknown, venue: RunningVenue): Account | undefined {
  const { key, signature, timestamp } = (login ?? {}) as Readonly<Record<string, unknown>>
  if (typeof key !== 'string' || typeof signature !== 'string' || typeof timestamp !== 'number') return undefined
  const account = venue.state.accountsByKey.get(key)
  const stale = Math.abs(venue.now() / secondMs - timestamp) > freshSeconds
  if (account?.venue !== cexVenue || stale) return undefined
  const expected = createHmac('sha256', account.secret).update(`${timestamp}${key}`).digest('hex')
  return signatureMatches(expected, signature) ? account : undefined
}

/** Why orders of this account are turned away before they are looked at; undefined when they may pass. */
export function subAccountRefusal(given: unknown): Refused | undefined {
  if (given === undefined || given === null || given === '')
    return cexError('API orders from Main account are not allowed')
  return given === subAccount ? undefined : cexError('Account does not exist')
}

function rejected(operation: Operation): Refused {
  if (operation === 'cancel') return orderNotFound
  return cexError(operation === 'place' ? 'Trading for this pair is not allowed' : 'Service is on maintenance')
}

export const cexWords: ProtocolWords = {
  accountOf,
  limited: () => cexError('API rate limit reached', tooManyRequests),
  rejected,
  unknown: cexError('Request processing timeout', unavailable),
  windowMs,
}
