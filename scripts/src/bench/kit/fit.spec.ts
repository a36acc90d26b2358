import { describe, expect, it } from 'vitest'
import { lineThrough } from './fit.ts'

describe('a line through costs', () => {
  it('finds what is fixed and what each follower adds', () => {
    const line = lineThrough([10, 100, 1_000].map((size) => ({ size, cost: 20 + 3 * size })))
    expect(line.fixed).toBeCloseTo(20)
    expect(line.perFollower).toBeCloseTo(3)
    expect(line.worstPercent).toBeCloseTo(0)
  })

  it('says how far a cost that grows faster lies off', () => {
    const line = lineThrough([10, 100, 1_000].map((size) => ({ size, cost: size ** 2 })))
    expect(line.worstPercent).toBeGreaterThan(50)
  })
})
