import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyDay, anySubscription } from '../../testing/arbitraries.ts'
import { billingCycles, periodEnd } from './billing-cycle.ts'
import { inTrial, isForward, joined, nothingPaid, standingOf } from './subscription.ts'

const dayMs = 86_400_000
const rules = { graceMs: 7 * dayMs, firstPaymentWithinMs: dayMs }
const begunAt = new Date('2026-01-01T00:00:00.000Z')
const begun = { begunAt, anchorAt: begunAt }
const day = (number: number) => new Date(begunAt.getTime() + number * dayMs)

describe('a subscription', () => {
  it('moves forward only, whatever is told of it in whichever order while time passes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anySubscription, fc.nat(20)), { maxLength: 12 }), (told) => {
        let facts = nothingPaid
        let now = begunAt
        let before = { standing: standingOf(facts, begun, now, rules).standing, paidThrough: facts.paidThrough }
        for (const [news, days] of told) {
          facts = joined(facts, news)
          now = new Date(now.getTime() + days * dayMs)
          const after = { standing: standingOf(facts, begun, now, rules).standing, paidThrough: facts.paidThrough }
          expect(isForward(before, after)).toBe(true)
          before = after
        }
      }),
    )
  })

  it('says when time alone will change it, and no earlier', () => {
    fc.assert(
      fc.property(anySubscription, anyDay, (facts, now) => {
        const { standing, nextChangeAt } = standingOf(facts, begun, now, rules)
        if (nextChangeAt === null) return
        expect(nextChangeAt.getTime()).toBeGreaterThan(now.getTime())
        const justBefore = new Date(nextChangeAt.getTime() - 1)
        expect(standingOf(facts, begun, justBefore, rules).standing).toBe(standing)
        expect(standingOf(facts, begun, nextChangeAt, rules).standing).not.toBe(standing)
      }),
    )
  })

  it('goes on for the days of grace when a renewal fails, then gives nothing until it is paid', () => {
    const facts = { paidThrough: day(30), failedFrom: day(30), endsAt: null }
    expect(standingOf(facts, begun, day(31), rules)).toMatchObject({ standing: 'past-due', servedUntil: day(37) })
    expect(standingOf(facts, begun, day(37), rules).standing).toBe('lapsed')
    expect(standingOf({ ...facts, paidThrough: day(60) }, begun, day(38), rules).standing).toBe('active')
  })

  it('is past due as soon as its renewal fails, also where that is tried before the paid time is over', () => {
    const facts = { paidThrough: day(30), failedFrom: day(30), endsAt: null }
    expect(standingOf(facts, begun, day(29), rules)).toMatchObject({ standing: 'past-due', servedUntil: day(37) })
    expect(standingOf({ ...facts, failedFrom: day(29) }, begun, day(29), rules).standing).toBe('active')
  })

  it('that has lapsed says when it ends for good', () => {
    const facts = { paidThrough: day(30), failedFrom: null, endsAt: day(60) }
    expect(standingOf(facts, begun, day(40), rules)).toMatchObject({ standing: 'lapsed', nextChangeAt: day(60) })
    expect(standingOf({ ...facts, endsAt: null }, begun, day(40), rules).nextChangeAt).toBeNull()
  })

  it('in its trial is not ended before that is over, and a later end stays where it was said', () => {
    const trial = { begunAt, anchorAt: day(14) }
    const endOf = (endsAt: Date, paidThrough: Date | null = null) =>
      inTrial(trial, { ...nothingPaid, paidThrough, endsAt }).endsAt
    expect([endOf(day(3)), endOf(day(20)), endOf(day(3), day(44))]).toEqual([day(14), day(20), day(3)])
    expect(inTrial(begun, { ...nothingPaid, endsAt: day(0) }).endsAt).toEqual(day(0))
  })

  it('with a trial serves until it ends without days of grace, and from then on by what is paid', () => {
    const trial = { begunAt, anchorAt: day(14) }
    expect(standingOf(nothingPaid, trial, day(13), rules)).toMatchObject({ standing: 'active', servedUntil: day(14) })
    expect(standingOf(nothingPaid, trial, day(14), rules)).toMatchObject({ standing: 'lapsed', servedUntil: day(14) })
    const paid = { ...nothingPaid, paidThrough: periodEnd(trial.anchorAt, 'monthly', 1) }
    expect(standingOf(paid, trial, day(15), rules)).toMatchObject({ standing: 'active' })
    const cancelled = { ...nothingPaid, endsAt: day(14) }
    expect(standingOf(cancelled, trial, day(14), rules)).toMatchObject({ standing: 'ended', servedUntil: day(14) })
  })

  it('that was cancelled serves what was paid and then is over for good', () => {
    const facts = { paidThrough: day(30), failedFrom: null, endsAt: day(30) }
    expect(standingOf(facts, begun, day(29), rules)).toMatchObject({ standing: 'active', servedUntil: day(30) })
    expect(standingOf(joined(facts, { ...facts, paidThrough: day(60) }), begun, day(30), rules).standing).toBe('ended')
  })

  it('ends its periods on the day on which it began, or on the last of a shorter month', () => {
    const start = new Date('2026-01-31T12:00:00.000Z')
    const ends = [1, 2, 3].map((period) => periodEnd(start, 'monthly', period).toISOString().slice(0, 10))
    expect(ends).toEqual(['2026-02-28', '2026-03-31', '2026-04-30'])
    expect(periodEnd(new Date('2024-02-29T00:00:00.000Z'), 'yearly', 1).toISOString()).toBe('2025-02-28T00:00:00.000Z')
    for (const cycle of billingCycles) expect(periodEnd(start, cycle, 2) > periodEnd(start, cycle, 1)).toBe(true)
  })
})
