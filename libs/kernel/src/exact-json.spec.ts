import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberOf, parseExact } from './exact-json.ts'

describe('exact JSON', () => {
  it('keeps the digits of numbers in both directions', () => {
    const written = JSON.stringify({ volume: numberOf('0.10'), price: numberOf('123456789012345.12345678') })
    expect(written).toBe('{"volume":0.10,"price":123456789012345.12345678}')
    expect(parseExact(written)).toEqual({ volume: '0.10', price: '123456789012345.12345678' })
    expect(parseExact('[1e-7,2.5E3]')).toEqual(['0.0000001', '2500'])
  })

  it('has nothing for what is no JSON, and no number for one that cannot be kept', () => {
    expect(parseExact('{')).toBeUndefined()
    expect(parseExact('[1e99]')).toEqual([null])
    expect(parseExact('[1e99,5]', String)).toEqual(['1e+99', '5'])
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseExact(text)))
    fc.assert(fc.property(fc.json(), (text) => parseExact(text) !== undefined))
  })
})
