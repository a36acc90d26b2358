import { Decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calculate } from './discount.ts'
import { money, plus } from '../money/money.ts'

const anyLine = fc.record({
  price: fc.bigInt({ min: 0n, max: 1_000_000n }).map((minor) => money(minor, 'USD')),
  quantity: fc.integer({ min: 1, max: 100 }),
})
const anyDiscount = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((whole) => ({ kind: 'percent' as const, percent: new Decimal(String(whole)) })),
  fc.bigInt({ min: 0n, max: 9_000_000n }).map((minor) => ({ kind: 'amount' as const, amount: money(minor, 'USD') })),
)

describe('the price of a purchase', () => {
  it('is what its lines cost less the discount, and never less than nothing', () => {
    fc.assert(
      fc.property(anyLine, fc.array(anyLine), fc.option(anyDiscount), (line, more, discount) => {
        const { subtotal, discount: taken, total } = calculate([line, ...more], discount)
        expect(plus(total, taken)).toEqual(subtotal)
        expect(total.minor).toBeGreaterThanOrEqual(0n)
        expect(taken.minor).toBeGreaterThanOrEqual(0n)
      }),
    )
  })

  it('is not changed by an amount in another currency', () => {
    const discount = { kind: 'amount' as const, amount: money(100n, 'EUR') }
    expect(calculate([{ price: money(500n, 'USD'), quantity: 2 }], discount).total).toEqual(money(1_000n, 'USD'))
  })
})
