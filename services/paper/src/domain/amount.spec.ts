import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amount, ceilTo, floorTo, formatAmount, formatFixed, over, parseAmount, times } from './amount.ts'

const anyAmount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
const positive = fc.bigInt({ min: 1n, max: 10n ** 20n })

describe('amounts', () => {
  it('print and parse back to the same value', () => {
    fc.assert(
      fc.property(anyAmount, (value) => {
        expect(parseAmount(formatAmount(value))).toBe(value)
      }),
    )
  })

  it('refuse a ninth decimal that matters and everything that is no plain decimal', () => {
    expect(parseAmount('0.100000000')).toBe(amount('0.1'))
    for (const text of ['0.000000001', '1e5', '+1', ' 1', '', '.5', '1.', 'NaN', '0x1']) {
      expect(parseAmount(text)).toBeUndefined()
    }
  })

  it('print a fixed number of decimals, cut towards zero, and never a negative zero', () => {
    expect(formatFixed(amount('1.999'), 2)).toBe('1.99')
    expect(formatFixed(amount('-1.999'), 2)).toBe('-1.99')
    expect(formatFixed(amount('-0.001'), 2)).toBe('0.00')
    expect(formatFixed(amount('42000'), 0)).toBe('42000')
  })

  it('cut products by less than one unit of the last decimal', () => {
    fc.assert(
      fc.property(positive, positive, (left, right) => {
        const down = times(left, right)
        expect(down * 100_000_000n <= left * right).toBe(true)
        expect(left * right - down * 100_000_000n < 100_000_000n).toBe(true)
      }),
    )
  })

  it('undo a product by a quotient up to its last decimal', () => {
    fc.assert(
      fc.property(positive, positive, (left, right) => {
        const back = over(left * right, right * 100_000_000n)
        expect(left / 100_000_000n - back <= 1n).toBe(true)
      }),
    )
  })

  it('step down and up to the multiples around a value', () => {
    fc.assert(
      fc.property(positive, positive, (value, step) => {
        expect(floorTo(value, step) <= value && value <= ceilTo(value, step)).toBe(true)
        expect(floorTo(value, step) % step).toBe(0n)
        expect(ceilTo(value, step) % step).toBe(0n)
      }),
    )
  })
})
