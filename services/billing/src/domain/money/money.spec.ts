import { Decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencies } from './currency.ts'
import { money, moneyText, parseMoney, plus, shareOf } from './money.ts'

const anyCurrency = fc.constantFrom(...currencies)
const anyMinor = fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n })

describe('an amount', () => {
  it('is read back from its text exactly, in every currency', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        expect(parseMoney(moneyText(money(minor, currency)), currency)).toEqual({ minor, currency })
      }),
    )
  })

  it('has the digits of its currency and no more', () => {
    expect(moneyText(money(1_999n, 'USD'))).toBe('19.99')
    expect(moneyText(money(1_999n, 'JPY'))).toBe('1999')
    expect(moneyText(money(-1_999n, 'KWD'))).toBe('-1.999')
    expect(parseMoney('19.999', 'USD')).toBeUndefined()
    expect(parseMoney('0.5', 'JPY')).toBeUndefined()
    expect(parseMoney('1e3', 'USD')).toBeUndefined()
  })

  it('never adds up with one of another currency', () => {
    expect(() => plus(money(1n, 'USD'), money(1n, 'EUR'))).toThrow(RangeError)
  })

  it('is divided into shares that are rounded the same up and down', () => {
    fc.assert(
      fc.property(anyMinor, fc.integer({ min: 0, max: 10_000 }), (minor, hundredths) => {
        const percent = new Decimal(String(hundredths)).div(new Decimal('100'))
        expect(shareOf(-minor, percent)).toBe(-shareOf(minor, percent))
      }),
    )
    expect(shareOf(5n, new Decimal('50'))).toBe(3n)
  })
})
