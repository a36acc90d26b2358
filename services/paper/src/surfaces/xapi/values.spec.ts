import { describe, expect, it } from 'vitest'
import { Pacing } from './rules.wire.ts'
import { amountOf, encode, parseExact, WireNumber } from './values.wire.ts'
import { formatAmount } from '#domain/amount'

describe('pacing', () => {
  it('ends with the sixth request in a row that comes too soon', () => {
    const pacing = new Pacing({ pacingMs: 200, pacingStrikesMax: 6 })
    const verdicts = [0, 10, 20, 30, 40, 50, 60].map((at) => pacing.tooFast(at))
    expect(verdicts).toEqual([false, false, false, false, false, false, true])
    const patient = new Pacing({ pacingMs: 200, pacingStrikesMax: 6 })
    for (let at = 0; at < 10_000; at += 200) expect(patient.tooFast(at)).toBe(false)
  })
})

describe('values', () => {
  it('keep the digits that were written', () => {
    const parsed = parseExact('{"a":0.10,"b":[1.0851200000000001]}') as { a: WireNumber; b: WireNumber[] }
    expect(parsed.a.text).toBe('0.10')
    expect(formatAmount(amountOf(parsed.b[0]!.text)!)).toBe('1.08512')
    expect(amountOf('1e-7')).toBe(10n)
    expect(amountOf('NaN')).toBeUndefined()
    expect(parseExact('{"a":')).toBeUndefined()
  })

  it('are ASCII on the wire', () => {
    expect(encode({ comment: 'zażółć' })).toBe('{"comment":"za\\u017c\\u00f3\\u0142\\u0107"}')
  })
})
