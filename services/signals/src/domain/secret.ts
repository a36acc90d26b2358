/**
 * A strategy's alert secret: shown once, kept as a digest, compared in constant time.
 * Called by the alert intake and the strategy use cases. Must never store or log the secret itself.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import type { Randomness } from '@tradewire/kernel/randomness'

const secretBytes = 24

/** 192 random bits: a plain digest of it cannot be searched, so no slow hash is needed on the alert path. */
export function newSecret(randomness: Randomness): string {
  return randomness.bytes(secretBytes).toString('base64url')
}

export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

export interface StrategySecrets {
  readonly current: Buffer
  /** The one before a rotation, while its overlap lasts. */
  readonly previous: { readonly digest: Buffer; readonly until: Date } | null
}

export function secretMatches(secrets: StrategySecrets, given: string, now: Date): boolean {
  const digest = digestOf(given)
  const current = timingSafeEqual(secrets.current, digest)
  const previous =
    secrets.previous !== null && timingSafeEqual(secrets.previous.digest, digest) && now < secrets.previous.until
  return current || previous
}
