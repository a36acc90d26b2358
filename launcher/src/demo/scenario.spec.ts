import { SeededRandomness } from '@tradewire/kernel/randomness'
import { describe, expect, it } from 'vitest'
import { recordedPrices } from './recorded-prices.ts'
import { candlesPerSignalMax, planFollowers, planSignals } from './scenario.ts'

describe('the scenario of the demo', () => {
  it('is the same for the same seed', async () => {
    const candles = await recordedPrices()
    const plan = (seed: number) => {
      const randomness = new SeededRandomness(seed)
      return [planFollowers(50, randomness), planSignals(candles, 5, randomness)]
    }
    expect(plan(7)).toEqual(plan(7))
    expect(plan(8)).not.toEqual(plan(7))
  })

  it('finds alerts of both sides whose stops and targets are on the right side, far enough apart', async () => {
    const candles = await recordedPrices()
    for (let seed = 1; seed <= 20; seed += 1) {
      const signals = planSignals(candles, 6, new SeededRandomness(seed))
      expect(signals).toHaveLength(6)
      signals.forEach(({ candle, side, alert }, index) => {
        const sign = side === 'buy' ? 1 : -1
        const far = (field: string) => sign * (Number(alert[field]) - Number(alert['orderPrice']))
        expect(far('stop')).toBeLessThan(0)
        expect(far('takeProfit1')).toBeGreaterThan(0)
        expect(far('takeProfit3')).toBeGreaterThan(far('takeProfit2'))
        if (index > 0) expect(candle - (signals[index - 1]?.candle ?? 0)).toBeGreaterThan(candlesPerSignalMax)
      })
    }
  })

  it('has followers over three orders of magnitude', () => {
    const balances = planFollowers(1_000, new SeededRandomness(1)).map(({ balance }) => Number(balance))
    expect(Math.min(...balances)).toBeLessThan(100)
    expect(Math.max(...balances)).toBeGreaterThan(40_000)
  })
})
