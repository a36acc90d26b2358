/**
 * Refresh tokens: opaque, stored as a hash, single use, and with exactly one successor.
 * Called by the log-in, refresh and log-out use cases. Must never be stored or logged as text.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Randomness } from '@tradewire/kernel/randomness'

/** Recognisable in secret scanners and logs. */
const prefix = 'twr_'
const secretBytes = 32

/** The SHA-256 of a token's text. A token has 256 random bits, so a slow hash would add nothing. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The first token of a session. */
export function newRefreshToken(randomness: Randomness): string {
  return prefix + randomness.bytes(secretBytes).toString('base64url')
}

/** What is stored with a used token so that its successor can be made again, but only by who holds the token. */
export function newSuccessorSalt(randomness: Randomness): Buffer {
  return randomness.bytes(secretBytes)
}

/**
 * The one successor of a token: HMAC of the token under the salt stored when it was first used. The same two always
 * give the same successor, so parallel refreshes agree; neither the database nor the token alone gives it away.
 */
export function successorOf(token: string, salt: Buffer): string {
  return prefix + createHmac('sha256', salt).update(token).digest('base64url')
}
