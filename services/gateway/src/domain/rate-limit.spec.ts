import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateWindowMs, takeOne } from './rate-limit.ts'

describe('the rate limit', () => {
  it('lets a full limit through at once, then one more as each part of the minute passes', () => {
    let used: number | undefined
    const take = (nowMs: number): boolean => {
      const taken = takeOne(used, { limit: 10 }, nowMs)
      used = taken.usedUntilMs
      return taken.decision.allowed
    }
    expect(Array.from({ length: 11 }, () => take(1_000))).toEqual([...Array.from({ length: 10 }, () => true), false])
    expect(take(1_000 + rateWindowMs / 10 - 1)).toBe(false)
    expect(take(1_000 + rateWindowMs / 10)).toBe(true)
    expect(take(1_000 + rateWindowMs / 10)).toBe(false)
  })

  it('tells what remains and how long to wait', () => {
    const first = takeOne(undefined, { limit: 2 }, 0)
    expect(first.decision).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 30, retryAfterSeconds: 0 })
    const second = takeOne(first.usedUntilMs, { limit: 2 }, 0)
    expect(second.decision).toMatchObject({ allowed: true, remaining: 0, resetSeconds: 60 })
    const third = takeOne(second.usedUntilMs, { limit: 2 }, 0)
    expect(third.decision).toMatchObject({ allowed: false, remaining: 0, retryAfterSeconds: 30 })
  })

  it('never admits more than twice the limit in any minute, however requests fall', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 50 }), (gapsMs, limit) => {
        let nowMs = 0
        let used: number | undefined
        const admitted: number[] = []
        for (const gapMs of gapsMs) {
          nowMs += gapMs
          const taken = takeOne(used, { limit }, nowMs)
          used = taken.usedUntilMs
          if (taken.decision.allowed) admitted.push(nowMs)
        }
        for (const from of admitted) {
          const inMinute = admitted.filter((at) => at >= from && at < from + rateWindowMs)
          expect(inMinute.length).toBeLessThanOrEqual(2 * limit)
        }
      }),
    )
  })
})
