import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { portNumber, wholeNumber } from './options.ts'

describe('numbers on the command line', () => {
  it('are whole and within their limits', () => {
    expect(portNumber('0')).toBe(0)
    expect(portNumber('65535')).toBe(65_535)
    for (const text of ['65536', '-1', '1.5', '1e3', 'abc', '']) {
      expect(() => portNumber(text)).toThrow(InvalidArgumentError)
    }
    expect(() => wholeNumber(1, 5)('0')).toThrow('from 1 to 5')
  })
})
