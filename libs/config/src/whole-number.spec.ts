import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { wholeNumber } from './whole-number.ts'

describe('numbers on the command line', () => {
  it('are whole, in digits and within their limits', () => {
    const upTo = wholeNumber(0, 65_535)
    expect(upTo('0')).toBe(0)
    expect(upTo('65535')).toBe(65_535)
    for (const text of ['65536', '-1', '1.5', '1e3', '0x10', 'abc', ' ', '']) {
      expect(() => upTo(text)).toThrow(InvalidArgumentError)
    }
    expect(() => wholeNumber(1, 5)('0')).toThrow('from 1 to 5')
  })
})
