import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateBudget, TokenBucket } from './rate-budget.ts'

describe('the token bucket', () => {
  it('never lets more through than its capacity in an interval plus one bucket', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }), (gaps) => {
        const bucket = new TokenBucket(10, 1_000, 0)
        let nowMs = 0
        let taken = 0
        for (const gap of gaps) {
          nowMs += gap
          while (bucket.waitMs(1, true, nowMs) === 0) {
            bucket.take(1)
            taken += 1
          }
        }
        expect(taken).toBeLessThanOrEqual(10 + (nowMs * 10) / 1_000 + 1)
      }),
    )
  })

  it('says how long to wait, and it is then enough', () => {
    const bucket = new TokenBucket(10, 1_000, 0)
    for (let count = 0; count < 10; count += 1) bucket.take(1)
    const waitMs = bucket.waitMs(3, true, 0)
    expect(waitMs).toBe(300)
    expect(bucket.waitMs(3, true, waitMs)).toBe(0)
  })

  it('keeps its last tokens for exits', () => {
    const bucket = new TokenBucket(10, 1_000, 0)
    for (let count = 0; count < 9; count += 1) bucket.take(1)
    expect(bucket.waitMs(1, false, 0)).toBeGreaterThan(0)
    expect(bucket.waitMs(1, true, 0)).toBe(0)
  })

  it('is empty after the venue has said no: it opens again with what came in since', () => {
    const bucket = new TokenBucket(10, 1_000, 0)
    bucket.closeUntil(100)
    expect(bucket.waitMs(5, true, 0)).toBe(500)
    expect(bucket.waitMs(5, true, 500)).toBe(0)
  })
})

describe('the budget of a venue', () => {
  const limits = [
    { name: 'weight', scope: 'egress', capacity: 100, intervalMs: 1_000 },
    { name: 'orders', scope: 'account', capacity: 2, intervalMs: 1_000 },
  ] as const

  it('limits an account without touching another', () => {
    const budget = new RateBudget(limits, 0)
    expect(budget.spend('a', 1, true, 0)).toBe(0)
    expect(budget.spend('a', 1, true, 0)).toBe(0)
    expect(budget.spend('a', 1, true, 0)).toBeGreaterThan(0)
    expect(budget.spend('b', 1, true, 0)).toBe(0)
  })

  it('closes for one account alone when the venue has counted that account', () => {
    const budget = new RateBudget([], 0)
    budget.closeAccount('a', 5_000, 0)
    expect(budget.spend('a', 1, true, 0)).toBe(5_000)
    expect(budget.spend('b', 1, true, 0)).toBe(0)
    expect(budget.spend('a', 1, true, 5_000)).toBe(0)
  })

  it('closes for everybody after a refusal by the venue, until the moment it named', () => {
    const budget = new RateBudget(limits, 0)
    budget.close(5_000, 0)
    expect(budget.spend('a', 1, true, 0)).toBe(5_000)
    expect(budget.spend('b', 1, true, 5_010)).toBe(0)
  })

  it('never opens earlier because the venue names an earlier moment later', () => {
    const budget = new RateBudget([], 0)
    budget.closeAccount('a', 5_000, 0)
    budget.closeAccount('a', 1_000, 0)
    expect(budget.spend('a', 1, true, 0)).toBe(5_000)
    budget.close(8_000, 0)
    budget.close(1_000, 0)
    expect(budget.spend('b', 1, true, 0)).toBe(8_000)
  })
})
