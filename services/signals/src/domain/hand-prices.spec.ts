import { describe, expect, it } from 'vitest'
import { sidesAreRight, worstPriceOf } from './hand-prices.ts'

const buy = { side: 'buy', stop: { price: '19350' }, targets: ['19550', '19500', '19600'] } as const
const sell = { side: 'sell', stop: { price: '19650' }, targets: ['19400', '19500'] } as const

describe('the worst price of orders without one', () => {
  it('lies just before the nearest target, whichever is named first', () => {
    expect(worstPriceOf(buy)).toBe('19498.5')
    expect(worstPriceOf(sell)).toBe('19501.5')
  })

  it('is on the right side of stop and targets exactly when these are', () => {
    for (const prices of [buy, sell]) expect(sidesAreRight({ ...prices, price: worstPriceOf(prices) })).toBe(true)
    const wrong = { ...buy, stop: { price: '19700' } }
    expect(sidesAreRight({ ...wrong, price: worstPriceOf(wrong) })).toBe(false)
  })
})
