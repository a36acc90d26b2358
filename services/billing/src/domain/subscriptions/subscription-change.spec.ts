import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { billingCycles, monthsOf, periodEnd } from './billing-cycle.ts'
import { money } from '../money/money.ts'
import {
  changeLines,
  dueNow,
  invoicedChange,
  moveOf,
  nextPeriod,
  prorate,
  timingOf,
  type ChangeTerms,
  type PaidTime,
  type SubscriptionChange,
} from './subscription-change.ts'
import { withoutTax } from '../money/tax.ts'

const from = new Date('2026-01-31T12:00:00.000Z')
const cycle = fc.constantFrom(...billingCycles)
const minor = fc.bigInt({ min: 1n, max: 10_000_000n })
const termsOf = (id: string, amount: bigint, every: (typeof billingCycles)[number]): ChangeTerms => ({
  subject: { kind: 'plan', id, name: id },
  amount: money(amount, 'USD'),
  cycle: every,
})
const heldFor = (terms: ChangeTerms, periods: number): PaidTime => ({
  ...terms,
  grid: { from, afterPeriod: 0 },
  facts: { paidThrough: periodEnd(from, terms.cycle, periods) },
})
const anyMoment = (held: PaidTime) => (share: number) =>
  new Date(from.getTime() + Math.floor((held.facts.paidThrough!.getTime() - from.getTime()) * share))
const unit = fc.constantFrom(1n, 100n)

describe('a change of a subscription', () => {
  it('takes effect at once where more is asked for, and never with a shorter cycle', () => {
    const basic = termsOf('BASIC', 1_000n, 'monthly')
    expect(timingOf(basic, termsOf('PRO', 4_000n, 'monthly'))).toBe('now')
    expect(timingOf(basic, termsOf('PRO', 48_000n, 'yearly'))).toBe('now')
    expect(timingOf(basic, termsOf('BASIC', 9_000n, 'yearly'))).toBe('now')
    expect(timingOf(basic, termsOf('MINI', 500n, 'monthly'))).toBe('period-end')
    expect(timingOf(basic, termsOf('MINI', 6_000n, 'yearly'))).toBe('period-end')
    expect(timingOf(termsOf('BASIC', 12_000n, 'yearly'), termsOf('PRO', 4_000n, 'monthly'))).toBe('period-end')
  })

  it('gives back the half of a month that is half over, and charges the half of the new', () => {
    const held = heldFor(termsOf('BASIC', 1_001n, 'monthly'), 1)
    const half = anyMoment(held)(0.5)
    const { credit, charge } = prorate(held, termsOf('PRO', 4_001n, 'monthly'), half, 1n)
    expect([credit.minor, charge.minor]).toEqual([501n, 2_000n])
    expect(prorate(held, termsOf('PRO', 4_001n, 'monthly'), half, 100n).credit.minor).toBe(600n)
  })

  it('gives back no more than was paid where the first period has not begun yet', () => {
    const held = heldFor(termsOf('BASIC', 1_000n, 'monthly'), 1)
    const before = new Date(from.getTime() - 10 * 86_400_000)
    expect(prorate(held, termsOf('PRO', 4_000n, 'monthly'), before, 1n)).toMatchObject({
      credit: { minor: 1_000n },
      charge: { minor: 4_000n },
    })
  })

  it('never charges one moment twice, nor keeps a unit that it should give back, at whatever moment', () => {
    fc.assert(
      fc.property(
        minor,
        minor,
        cycle,
        fc.integer({ min: 1, max: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        unit,
        (old, fresh, every, periods, share, unitMinor) => {
          const held = heldFor(termsOf('BASIC', old, every), periods)
          const at = anyMoment(held)(share)
          const { credit, charge } = prorate(held, termsOf('PRO', fresh, every), at, unitMinor)
          expect(credit.minor % unitMinor).toBe(0n)
          expect(charge.minor % unitMinor).toBe(0n)
          const whole = periodEnd(from, every, periods).getTime() - from.getTime()
          const left = (held.facts.paidThrough!.getTime() - at.getTime()) / whole
          // Months differ in length by a tenth at most.
          expect(Number(credit.minor)).toBeGreaterThanOrEqual(Number(old) * periods * left * 0.85 - 1)
          expect(credit.minor).toBeLessThan(old * BigInt(periods) + unitMinor)
          expect(charge.minor).toBeLessThanOrEqual(fresh * BigInt(periods))
          expect(charge.minor * old).toBeLessThanOrEqual((credit.minor + 0n) * fresh)
        },
      ),
    )
  })

  it('charges a cycle that begins anew whole, less the rest of the old', () => {
    const held = heldFor(termsOf('BASIC', 1_000n, 'monthly'), 1)
    const year = termsOf('BASIC', 10_000n, 'yearly')
    const proration = prorate(held, year, from, 1n)
    expect(dueNow(proration).minor).toBe(9_000n)
    expect(monthsOf(year.cycle)).toBe(12)
  })

  it('gives the next period a number that was never used, also after its cycle has changed', () => {
    const held = heldFor(termsOf('BASIC', 1_000n, 'monthly'), 3)
    expect(nextPeriod(held)).toEqual({ number: 4, end: periodEnd(from, 'monthly', 4) })
    const changed = { ...held, cycle: 'yearly' as const, grid: { from: held.facts.paidThrough!, afterPeriod: 3 } }
    expect(nextPeriod(changed)).toEqual({ number: 4, end: periodEnd(held.facts.paidThrough!, 'yearly', 1) })
  })

  it('shows lines that come to what is due, also where tax comes on top', () => {
    const tax = { country: 'DE', name: 'VAT', percent: '19', included: false }
    fc.assert(
      fc.property(minor, minor, (credit, more) => {
        const proration = { credit: money(credit, 'USD'), charge: money(credit + more, 'USD') }
        const change = { ...priced, proration, formerName: 'BASIC' }
        const total = changeLines('BASIC', change).reduce((sum, { amount }) => sum + amount.minor, 0n)
        expect(total).toBe(more)
        const shown = invoicedChange(change, tax).map(({ amount }) => BigInt(amount.replace('.', '')))
        expect(shown.reduce((sum, one) => sum + one, 0n)).toBe(withoutTax(more, tax))
      }),
    )
  })
})

const priced = {
  timing: 'now' as const,
  terms: termsOf('PRO', 4_000n, 'monthly'),
  proration: { credit: money(500n, 'USD'), charge: money(2_000n, 'USD') },
  pricedAt: from,
  effectiveAt: from,
  paidThrough: periodEnd(from, 'monthly', 1),
}
const change: SubscriptionChange = {
  ...priced,
  id: 'c',
  subscriptionId: 's',
  userId: 'u',
  state: 'open',
  formerName: 'BASIC',
  toldToProvider: false,
  requestHash: '',
  createdAt: from,
}
const facts = { paidThrough: priced.paidThrough, failedFrom: null, endsAt: null }
const unpaid = { paidChangeId: undefined, now: from }

describe('what becomes of a change', () => {
  it('is nothing until it is paid; a later period that is paid first overtakes it', () => {
    const held = { externalId: null, facts }
    expect(moveOf(change, held, unpaid)).toBeUndefined()
    expect(moveOf(change, held, { ...unpaid, paidChangeId: 'c' })).toBe('done')
    expect(moveOf({ ...change, toldToProvider: true }, held, { ...unpaid, paidChangeId: 'c' })).toBe('paid')
    const later = { ...held, facts: { ...facts, paidThrough: periodEnd(from, 'monthly', 2) } }
    expect(moveOf(change, later, unpaid)).toBe('dropped')
    expect(moveOf(change, { ...later, externalId: 'sub_1' }, unpaid)).toBeUndefined()
  })

  it('is that it is dropped when the subscription ends: at once where we charge, with the end where its provider does', () => {
    const ending = { ...facts, endsAt: priced.paidThrough }
    const then = { ...unpaid, now: priced.paidThrough }
    expect(moveOf(change, { externalId: null, facts: ending }, unpaid)).toBe('dropped')
    const providers = { externalId: 'sub_1', facts: ending }
    expect([moveOf(change, providers, unpaid), moveOf(change, providers, then)]).toEqual([undefined, 'dropped'])
    expect(moveOf({ ...change, toldToProvider: true }, providers, unpaid)).toBe('dropped')
  })

  it('at the end of what is paid is that it is in force, unless its provider was never told or it was cancelled', () => {
    const scheduled = {
      ...change,
      timing: 'period-end' as const,
      state: 'scheduled' as const,
      effectiveAt: priced.paidThrough,
    }
    const held = { externalId: 'sub_1', facts }
    const then = { ...unpaid, now: priced.paidThrough }
    expect(moveOf(scheduled, held, unpaid)).toBeUndefined()
    expect(moveOf(scheduled, held, then)).toBe('done')
    expect(moveOf({ ...scheduled, state: 'open' }, held, then)).toBeUndefined()
    expect(moveOf(scheduled, { ...held, facts: { ...facts, endsAt: priced.paidThrough } }, unpaid)).toBe('dropped')
  })
})
