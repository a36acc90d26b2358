import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyFacts } from '../../testing/arbitraries.ts'
import { isAbsurd, learned, nothingKnown, progressSteps, statusOf } from './payment.ts'

describe('what is known of a payment', () => {
  it('is the same in any order and grouping, and told twice it is told once', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, anyFacts, (a, b, c) => {
        expect(learned(a, b)).toEqual(learned(b, a))
        expect(learned(learned(a, b), c)).toEqual(learned(a, learned(b, c)))
        expect(learned(learned(a, b), b)).toEqual(learned(a, b))
        expect(learned(nothingKnown, a)).toEqual(a)
      }),
    )
  })

  it('only grows: it never comes back from paid', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (a, b) => {
        const both = learned(a, b)
        expect(progressSteps.indexOf(both.progress)).toBeGreaterThanOrEqual(progressSteps.indexOf(a.progress))
        expect(both.capturedMinor).toBeGreaterThanOrEqual(a.capturedMinor)
        expect(Object.keys(both.refunds)).toEqual(expect.arrayContaining(Object.keys(a.refunds)))
      }),
    )
  })

  it('is told in one word', () => {
    const paid = { ...nothingKnown, progress: 'succeeded', capturedMinor: 100n } as const
    expect(statusOf({ ...paid, refunds: { r: { minor: 40n, stage: 'made' } } })).toBe('partly-refunded')
    expect(statusOf({ ...paid, refunds: { r: { minor: 100n, stage: 'made' } } })).toBe('refunded')
    expect(statusOf({ ...paid, refunds: { r: { minor: 100n, stage: 'undone' } } })).toBe('succeeded')
    expect(statusOf({ ...paid, disputes: { d: { minor: 100n, stage: 'open' } } })).toBe('disputed')
    expect(statusOf({ ...paid, disputes: { d: { minor: 100n, stage: 'lost' } } })).toBe('charged-back')
    expect(statusOf({ ...nothingKnown, progress: 'failed' })).toBe('failed')
  })

  it('is absurd where money is below nothing, or a payment of nothing has succeeded', () => {
    const below = { x: { minor: -1n, stage: 'open' } } as const
    expect(isAbsurd(nothingKnown)).toBe(false)
    expect(isAbsurd({ ...nothingKnown, progress: 'succeeded' })).toBe(true)
    expect(isAbsurd({ ...nothingKnown, capturedMinor: -1n })).toBe(true)
    expect(isAbsurd({ ...nothingKnown, refunds: { x: { minor: -1n, stage: 'made' } } })).toBe(true)
    expect(isAbsurd({ ...nothingKnown, disputes: below })).toBe(true)
  })
})
