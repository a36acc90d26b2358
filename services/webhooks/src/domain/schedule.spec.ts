import { SeededRandomness } from '@tradewire/kernel/randomness'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptsMax, judge, readRetryAfter, retryWaitsMs } from './schedule.ts'

const randomness = new SeededRandomness(1)
const failed = { status: 500, retryAfterMs: null, gone: false }

describe('the schedule of deliveries', () => {
  it('is ten attempts over 75 h 35 min 5 s', () => {
    expect(attemptsMax).toBe(10)
    expect(retryWaitsMs.reduce((sum, wait) => sum + wait, 0)).toBe((75 * 3_600 + 35 * 60 + 5) * 1_000)
  })

  it('stays within a fifth of each wait', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, attempt) => {
        const verdict = judge(failed, attempt, new SeededRandomness(seed))
        const baseMs = retryWaitsMs[attempt - 1] as number
        expect(verdict.kind).toBe('retry')
        if (verdict.kind === 'retry') expect(Math.abs(verdict.waitMs - baseMs)).toBeLessThanOrEqual(baseMs * 0.2 + 1)
      }),
    )
  })

  it('ends after the last attempt', () => {
    expect(judge(failed, 10, randomness)).toEqual({ kind: 'exhausted' })
  })

  it.each([200, 201, 204, 299])('takes %i as delivered', (status) => {
    expect(judge({ status, retryAfterMs: null, gone: false }, 1, randomness)).toEqual({ kind: 'delivered' })
  })

  it('takes a redirect as a failure, and a goodbye as the end', () => {
    expect(judge({ status: 302, retryAfterMs: null, gone: false }, 1, randomness).kind).toBe('retry')
    expect(judge({ status: 410, retryAfterMs: null, gone: true }, 1, randomness).kind).toBe('gone')
  })

  it.each([null, 429, 502, 504])('gives an endpoint that answers %s at least a minute', (status) => {
    const verdict = judge({ status, retryAfterMs: null, gone: false }, 1, randomness)
    expect(verdict.kind === 'retry' && verdict.waitMs).toBe(60_000)
  })

  it('honours Retry-After, but not beyond a day', () => {
    const asked = (retryAfterMs: number) => judge({ status: 503, retryAfterMs, gone: false }, 1, randomness)
    expect(asked(120_000)).toEqual({ kind: 'retry', waitMs: 120_000 })
    expect(asked(1e12)).toEqual({ kind: 'retry', waitMs: 86_400_000 })
  })

  it('reads Retry-After as seconds or as a date', () => {
    const now = new Date('2026-01-01T00:00:00Z')
    expect(readRetryAfter('7', now)).toBe(7_000)
    expect(readRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000)
    expect(readRetryAfter('soon', now)).toBeNull()
    expect(readRetryAfter(undefined, now)).toBeNull()
  })
})
