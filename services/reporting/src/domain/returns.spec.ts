import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equityCurveOf, returnsOf, type SignalOutcome } from './returns.ts'

const outcome = (day: string, net: string, notional = '1000'): SignalOutcome => ({
  closedAt: new Date(`${day}T12:00:00.000Z`),
  net,
  notional,
})

/** By hand: 10000, +5 % = 10500, -10 % = 9450, +20 % = 11340, +-0 = 11340, -1 % = 11226.6. */
const golden = [
  outcome('2025-01-02', '50'),
  outcome('2025-01-02', '-200', '2000'),
  outcome('2025-02-10', '100', '500'),
  outcome('2025-03-01', '0'),
  outcome('2025-03-05', '-10'),
]

describe('the returns of a model account', () => {
  it('of a hand-computed series are exact', () => {
    expect(returnsOf(golden)).toEqual({
      trades: 5,
      totalReturnPercent: '12.266',
      // January to March: three months.
      monthlyReturnPercent: '4.0887',
      winRatePercent: '40',
      // From 10500 to 9450.
      maximumDrawdownPercent: '-10',
      // (500 + 1890) / (1050 + 113.4)
      profitFactor: '2.0543',
      riskLevel: 'medium',
      lastTradeAt: new Date('2025-03-05T12:00:00.000Z'),
    })
  })

  it('show the equity at the end of each day, after the start', () => {
    expect(equityCurveOf(golden)).toEqual([
      { date: '2025-01-01', equity: '10000' },
      { date: '2025-01-02', equity: '9450' },
      { date: '2025-02-10', equity: '11340' },
      { date: '2025-03-01', equity: '11340' },
      { date: '2025-03-05', equity: '11226.6' },
    ])
  })

  it('of nothing show no rate, no level and no curve', () => {
    expect(returnsOf([])).toEqual({
      trades: 0,
      totalReturnPercent: '0',
      monthlyReturnPercent: '0',
      winRatePercent: null,
      maximumDrawdownPercent: '0',
      profitFactor: null,
      riskLevel: null,
      lastTradeAt: null,
    })
    expect(equityCurveOf([])).toEqual([])
  })

  it('count a first losing trade as drawdown, and stay at zero once all is lost', () => {
    const ruined = returnsOf([outcome('2025-01-01', '-1500'), outcome('2025-01-02', '1000')])
    expect(ruined).toMatchObject({ totalReturnPercent: '-100', maximumDrawdownPercent: '-100', riskLevel: 'high' })
  })

  it('do not depend on how large the accounts are', () => {
    const nets = fc.array(fc.tuple(fc.integer({ min: -900, max: 2_000 }), fc.integer({ min: 1, max: 500 })))
    fc.assert(
      fc.property(nets, (series) => {
        const small = series.map(([net]) => outcome('2025-01-01', String(net)))
        const large = series.map(([net, factor]) => outcome('2025-01-01', String(net * factor), String(1_000 * factor)))
        expect(returnsOf(large)).toEqual(returnsOf(small))
      }),
    )
  })
})
