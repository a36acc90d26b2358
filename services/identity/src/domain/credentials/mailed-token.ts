/**
 * Tokens of mailed links: random, single use, stored as a hash. Made when the mail is sent, so that no queue holds one.
 * Called by the use cases of registration and forgotten passwords. Must never be stored or logged as text.
 */
import { createHash } from 'node:crypto'
import { mailedTokenStart } from '@tradewire/contracts/rpc/registration'
import type { Randomness } from '@tradewire/kernel/randomness'

/** With them a link on this machine fits a line of a mail, so that it can be copied out of the file as it is. */
const secretBytes = 24
const hour = 3_600_000

export const confirmationLifetimeMs = 24 * hour
export const resetLifetimeMs = hour
/** Wrong passwords that one registration bears; then it has to be made anew. */
export const confirmationAttemptsMax = 5

export function newMailedToken(randomness: Randomness): string {
  return mailedTokenStart + randomness.bytes(secretBytes).toString('base64url')
}

/** SHA-256 is enough: a token has 192 random bits. */
export function mailedHashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
