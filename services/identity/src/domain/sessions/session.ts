/**
 * What becomes of a refresh token that is shown to us: a pure decision over stored facts and the time.
 * Called by the refresh use case. Must never read a clock: the database's time is passed in, it is shared by all replicas.
 */
import type { Id, UserId } from '@tradewire/kernel/ids'

export type SessionId = Id<'Session'>
export type SessionEnd = 'logout' | 'reuse' | 'disabled' | 'password-changed' | 'second-factor-reset' | 'roles-changed'

/** A repeat within this time is taken for a lost reply, not for theft. */
export const graceMs = 30_000
export const refreshLifetimeMs = 30 * 86_400_000
/** However often it is refreshed, a session ends then. */
export const sessionLifetimeMs = 90 * 86_400_000

export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
}

export interface StoredToken {
  readonly expiresAt: Date
  readonly usedAt: Date | null
  readonly successorSalt: Buffer | null
}

export type Rotation =
  /** First use: store a salt, add the successor. */
  | { readonly kind: 'rotate'; readonly successorExpiresAt: Date }
  /** Used a moment ago: the same successor again. */
  | { readonly kind: 'repeat'; readonly salt: Buffer }
  /** Used long ago: someone else holds a copy, the session ends. */
  | { readonly kind: 'reuse' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'expired' }

export function decideRotation(session: Session, token: StoredToken, now: Date): Rotation {
  if (session.endedAt !== null) return { kind: 'ended' }
  if (token.usedAt !== null && token.successorSalt !== null) {
    const usedForMs = now.getTime() - token.usedAt.getTime()
    return usedForMs <= graceMs ? { kind: 'repeat', salt: token.successorSalt } : { kind: 'reuse' }
  }
  if (now >= session.expiresAt || now >= token.expiresAt) return { kind: 'expired' }
  return { kind: 'rotate', successorExpiresAt: refreshExpiry(session.expiresAt, now) }
}

/** A refresh token lives for refreshLifetimeMs, but never longer than its session. */
export function refreshExpiry(sessionExpiresAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + refreshLifetimeMs, sessionExpiresAt.getTime()))
}

export function sessionExpiry(createdAt: Date): Date {
  return new Date(createdAt.getTime() + sessionLifetimeMs)
}
