import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { performanceOf } from './performance.ts'

describe('performance', () => {
  it('of a hand-computed series is exact', () => {
    // Nets: 9, -6, -1, 20, 0 -> sums 9, 3, 2, 22, 22; deepest fall 9 -> 2.
    const trades = [
      { grossPnl: '10', fees: '1' },
      { grossPnl: '-5.5', fees: '0.5' },
      { grossPnl: '0', fees: '1' },
      { grossPnl: '20.25', fees: '0.25' },
      { grossPnl: '2', fees: '2' },
    ]
    expect(performanceOf(trades)).toEqual({
      tradesClosed: 5,
      wins: 2,
      losses: 2,
      winRatePercent: '40',
      realizedPnl: '22',
      fees: '4.75',
      grossProfit: '29',
      grossLoss: '7',
      profitFactor: '4.1429',
      maximumDrawdown: '7',
      bestTrade: '20',
      worstTrade: '-6',
    })
  })

  it('of nothing shows no ratio', () => {
    expect(performanceOf([])).toMatchObject({
      winRatePercent: null,
      profitFactor: null,
      bestTrade: null,
      realizedPnl: '0',
    })
  })

  it('counts a first losing trade as drawdown', () => {
    expect(performanceOf([{ grossPnl: '-3', fees: '0' }]).maximumDrawdown).toBe('3')
  })

  it('always adds up: profit minus loss is the realized sum, whatever the trades', () => {
    const cents = fc.integer({ min: -100_000, max: 100_000 })
    const fees = fc.integer({ min: 0, max: 1_000 })
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, fees)), (trades) => {
        const figures = performanceOf(trades.map(([pnl, fee]) => ({ grossPnl: String(pnl), fees: String(fee) })))
        expect(Number(figures.grossProfit) - Number(figures.grossLoss)).toBe(Number(figures.realizedPnl))
        expect(Number(figures.maximumDrawdown)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
