/**
 * Codes of authenticator apps (RFC 6238) and recovery codes: made and judged, pure but for the secret's randomness.
 * Called by the use cases of the second factor. Must never accept a code twice, nor let codes be guessed (rule R22).
 */
import { createHash } from 'node:crypto'
import type { Randomness } from '@tradewire/kernel/randomness'
import { generateURI, ScureBase32Plugin, verifySync } from 'otplib'
import { attemptWindowMs, type AttemptCount, judgeAttempt } from '#domain/limits/login-throttle'

const secretBytes = 20
/** Clocks of phones differ: the code before and the one after count too. */
const toleranceSeconds = 30
const recoveryCodesCount = 10
const recoveryCodeBytes = 10
const base32 = new ScureBase32Plugin()

export interface SecondFactor extends AttemptCount {
  readonly secret: string
  readonly confirmedAt: Date | null
  /** Time step of the last code taken. */
  readonly lastStep: number
}

export function newSecret(randomness: Randomness): string {
  return base32.encode(randomness.bytes(secretBytes))
}

/** `issuer` is what the app shows beside the name. */
export function offerOf(
  secret: string,
  username: string,
  issuer: string,
): { readonly secret: string; readonly uri: string } {
  return { secret, uri: generateURI({ issuer, label: username, secret }) }
}

export function newRecoveryCodes(randomness: Randomness): string[] {
  return Array.from({ length: recoveryCodesCount }, () =>
    (base32.encode(randomness.bytes(recoveryCodeBytes)).match(/.{4}/g) ?? []).join('-'),
  )
}

/** A code has 80 random bits, so a slow hash would add nothing. */
export function recoveryHashOf(code: string): Buffer {
  return createHash('sha256').update(bare(code)).digest()
}

export type CodeVerdict =
  | { readonly kind: 'right'; readonly step: number }
  /** Not a code of the app: perhaps a recovery code, which the store knows. */
  | { readonly kind: 'recovery'; readonly hash: Buffer }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'closed'; readonly retryAfterSeconds: number }

/** Judges a code; `counted` is to be stored whatever the verdict: parallel guesses cannot outrun a count under a lock. */
export function judgeCode(
  factor: SecondFactor,
  code: string,
  now: Date,
): { readonly verdict: CodeVerdict; readonly counted: AttemptCount } {
  const counted = countedAt(factor, now)
  const allowed = judgeAttempt(counted, now)
  if (!allowed.allowed) {
    return { verdict: { kind: 'closed', retryAfterSeconds: allowed.retryAfterSeconds }, counted }
  }
  const digits = bare(code)
  if (!/^\d{6}$/.test(digits)) return { verdict: { kind: 'recovery', hash: recoveryHashOf(code) }, counted }
  const step = stepOf(factor, digits, now)
  return { verdict: step === null ? { kind: 'wrong' } : { kind: 'right', step }, counted }
}

function countedAt({ attempts, windowStartedAt }: AttemptCount, now: Date): AttemptCount {
  const over = now.getTime() - windowStartedAt.getTime() > attemptWindowMs
  return over ? { attempts: 1, windowStartedAt: now } : { attempts: attempts + 1, windowStartedAt }
}

/** The time step of a right code that is newer than the last one taken. */
function stepOf({ secret, lastStep }: SecondFactor, token: string, now: Date): number | null {
  const epoch = Math.floor(now.getTime() / 1_000)
  const result = verifySync({ secret, token, epoch, epochTolerance: toleranceSeconds })
  if (!result.valid || !('timeStep' in result)) return null
  return result.timeStep > lastStep ? result.timeStep : null
}

function bare(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toUpperCase()
}
