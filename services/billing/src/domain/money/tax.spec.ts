import { decimal, HUNDRED } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { money } from './money.ts'
import { taxed, taxIn, withoutTax, type TaxTerms } from './tax.ts'

const vat: TaxTerms = { country: 'DE', name: 'VAT', percent: '19', included: false }
const anyMinor = fc.bigInt({ min: 0n, max: 10_000_000n })
const anyPercent = fc
  .integer({ min: 0, max: 10_000 })
  .map((hundredths) => decimal(`${hundredths}`).div(HUNDRED).toString())

describe('a tax', () => {
  it('comes on top of a price, or is in it, as the country has it', () => {
    const price = money(9_900n, 'USD')
    expect(taxed(price, vat)).toEqual({
      amount: money(11_781n, 'USD'),
      tax: vat,
    })
    expect(taxIn(11_781n, vat)).toBe(1_881n)
    expect(taxed(price, { ...vat, included: true }).amount).toEqual(price)
    expect(taxIn(9_900n, vat)).toBe(1_581n)
    expect(taxed(price, null)).toEqual({ amount: price, tax: null })
    expect(taxIn(9_900n, null)).toBe(0n)
  })

  it('is found again to the unit in what it was put on top of', () => {
    fc.assert(
      fc.property(anyMinor, anyPercent, (minor, percent) => {
        const rule = { ...vat, percent }
        const { amount, tax } = taxed(money(minor, 'USD'), rule)
        expect(withoutTax(amount.minor, tax)).toBe(minor)
      }),
    )
  })

  it('and what is left without it add up to the amount, given or taken back', () => {
    fc.assert(
      fc.property(anyMinor, anyPercent, (minor, percent) => {
        const rule = { ...vat, percent }
        expect(taxIn(minor, rule) + withoutTax(minor, rule)).toBe(minor)
        expect(taxIn(-minor, rule)).toBe(-taxIn(minor, rule))
      }),
    )
  })
})
