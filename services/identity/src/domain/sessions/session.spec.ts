import { idOf } from '@tradewire/kernel/ids'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideRotation,
  graceMs,
  refreshExpiry,
  refreshLifetimeMs,
  sessionExpiry,
  type Session,
  type StoredToken,
} from './session.ts'

const start = new Date('2026-01-01T00:00:00.000Z')
const salt = Buffer.alloc(32, 1)
const session: Session = {
  id: idOf<'Session'>('01963a5e-0000-7000-8000-00000000000b'),
  userId: idOf<'User'>('a12565e5-567b-432a-93b2-6349653010d9'),
  createdAt: start,
  expiresAt: sessionExpiry(start),
  endedAt: null,
}
const fresh: StoredToken = { expiresAt: refreshExpiry(session.expiresAt, start), usedAt: null, successorSalt: null }
const used: StoredToken = { ...fresh, usedAt: start, successorSalt: salt }
const after = (durationMs: number): Date => new Date(start.getTime() + durationMs)

describe('a refresh token', () => {
  it('is exchanged at its first use', () => {
    expect(decideRotation(session, fresh, after(1_000))).toEqual({
      kind: 'rotate',
      successorExpiresAt: after(1_000 + refreshLifetimeMs),
    })
  })

  it('gives its successor again until 30 seconds after its first use', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: graceMs }), (durationMs) => {
        expect(decideRotation(session, used, after(durationMs))).toEqual({ kind: 'repeat', salt })
      }),
    )
  })

  it('ends the session when it comes back later', () => {
    fc.assert(
      fc.property(fc.integer({ min: graceMs + 1, max: 400 * 86_400_000 }), (durationMs) => {
        expect(decideRotation(session, used, after(durationMs)).kind).toBe('reuse')
      }),
    )
  })

  it('is worth nothing once its session ended, whatever else holds', () => {
    const ended = { ...session, endedAt: after(1) }
    for (const token of [fresh, used]) expect(decideRotation(ended, token, after(2)).kind).toBe('ended')
  })

  it('expires after its own time and never outlives its session', () => {
    expect(decideRotation(session, fresh, after(refreshLifetimeMs)).kind).toBe('expired')
    const late = new Date(session.expiresAt.getTime() - 5)
    expect(refreshExpiry(session.expiresAt, late)).toEqual(session.expiresAt)
    const lateToken = { ...fresh, expiresAt: session.expiresAt }
    expect(decideRotation(session, lateToken, session.expiresAt).kind).toBe('expired')
  })
})
