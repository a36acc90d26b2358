import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anomalyReason, rateAnomaly } from './signal-rate.ts'

describe('a rate anomaly', () => {
  it('is what exceeds both what always passes and ten times the average minute of the day', () => {
    expect(rateAnomaly({ lastMinute: 60, lastDay: 60 }, 60)).toBeNull()
    expect(rateAnomaly({ lastMinute: 61, lastDay: 61 }, 60)).toEqual({ perMinute: 61, allowedPerMinute: 60 })
    expect(rateAnomaly({ lastMinute: 100, lastDay: 14_400 }, 60)).toBeNull()
    expect(rateAnomaly({ lastMinute: 101, lastDay: 14_400 }, 60)).toEqual({ perMinute: 101, allowedPerMinute: 100 })
  })

  it('is never found among few signals, and the same minute is judged milder after a busier day', () => {
    const count = fc.nat({ max: 100_000 })
    fc.assert(
      fc.property(count, count, count, fc.integer({ min: 1, max: 1_000 }), (lastMinute, lastDay, more, least) => {
        const found = rateAnomaly({ lastMinute, lastDay }, least)
        if (lastMinute <= least) expect(found).toBeNull()
        if (found === null) expect(rateAnomaly({ lastMinute, lastDay: lastDay + more }, least)).toBeNull()
      }),
    )
  })

  it('is told in words that name both figures', () => {
    expect(anomalyReason({ perMinute: 61, allowedPerMinute: 60 })).toMatch(/^61 signals in a minute; 60 /)
  })
})
