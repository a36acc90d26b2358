/**
 * Checks that a request was signed with the account's secret and is fresh enough.
 * Called by the Binance surfaces for every signed request. Must never re-encode what it checks: the raw text counts.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Parameters } from './parameters.wire.ts'
import {
  aheadOfServer,
  missing,
  outsideWindow,
  signatureInvalid,
  venueError,
  type VenueError,
} from './venue-error.wire.ts'

const receiveWindowDefaultMs = 5_000
const receiveWindowMaxMs = 60_000
const aheadMaxMs = 1_000
/** Larger numbers can only be microseconds. */
const microsecondsMin = 100_000_000_000_000
const SIGNATURE = /(^|&)signature=[^&]*/

function withoutSignature(text: string): string {
  const cut = text.replace(SIGNATURE, '')
  return cut.startsWith('&') ? cut.slice(1) : cut
}

export function hexSignature(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}

export function signatureMatches(expected: string, given: string): boolean {
  const left = Buffer.from(expected)
  const right = Buffer.from(given.toLowerCase())
  return left.length === right.length && timingSafeEqual(left, right)
}

export interface RawRequest {
  /** As sent, without the question mark. */
  readonly query: string
  readonly body: string
}

/** Undefined when the request may pass. `now` is the server's time, ms. */
export function checkSigned(
  raw: RawRequest,
  parameters: Parameters,
  secret: string,
  now: number,
): VenueError | undefined {
  const fresh = checkFresh(parameters, now)
  if (!parameters.has('timestamp')) return missing('timestamp')
  const given = parameters.text('signature')
  if (given === undefined) return missing('signature')
  const payload = withoutSignature(raw.query) + withoutSignature(raw.body)
  if (!signatureMatches(hexSignature(secret, payload), given)) return signatureInvalid
  return fresh
}

export function checkFresh(parameters: Parameters, now: number): VenueError | undefined {
  const timestamp = parameters.integer('timestamp')
  if (timestamp === undefined) return missing('timestamp')
  const window = parameters.integer('recvWindow') ?? receiveWindowDefaultMs
  if (window > receiveWindowMaxMs) return venueError(-1131, 'recvWindow must be less than 60000.')
  const sentAt = timestamp >= microsecondsMin ? Math.floor(timestamp / 1_000) : timestamp
  if (sentAt >= now + aheadMaxMs) return aheadOfServer
  return now - sentAt <= window ? undefined : outsideWindow
}
