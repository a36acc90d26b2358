import { describe, expect, it } from 'vitest'
import type { Payment } from '../bills/bill.ts'
import { money } from '../money/money.ts'
import { nothingKnown, type PaymentFacts } from './payment.ts'
import { isPaidBy } from './surplus.ts'

const amount = money(1_000n, 'USD')

/** Of a payment nothing else is asked here. */
function other(capturedMinor: bigint, facts: Partial<PaymentFacts> = {}, surplus: Payment['surplus'] = null): Payment {
  return { facts: { ...nothingKnown, capturedMinor, ...facts }, surplus } as Payment
}

describe('what a payment is for', () => {
  it('was paid already when others have brought in all of it, alone or together', () => {
    expect(isPaidBy([], { amount })).toBe(false)
    expect(isPaidBy([other(999n)], { amount })).toBe(false)
    expect(isPaidBy([other(1_000n)], { amount })).toBe(true)
    expect(isPaidBy([other(400n), other(600n)], { amount })).toBe(true)
  })

  it('is not paid by what was given back', () => {
    expect(isPaidBy([other(1_000n, { refunds: { r: { minor: 1n, stage: 'made' } } })], { amount })).toBe(false)
    expect(isPaidBy([other(1_000n, { disputes: { d: { minor: 1_000n, stage: 'lost' } } })], { amount })).toBe(false)
    expect(isPaidBy([other(1_000n, { refunds: { r: { minor: 1_000n, stage: 'undone' } } })], { amount })).toBe(true)
  })

  it.each(['due', 'returned', 'kept'] as const)('is not paid by one too many that is %s', (surplus) => {
    expect(isPaidBy([other(1_000n, {}, surplus)], { amount })).toBe(false)
  })
})
