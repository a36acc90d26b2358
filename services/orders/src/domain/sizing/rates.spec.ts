import { describe, expect, it } from 'vitest'
import { at, d } from '../../testing/bracket-fixtures.ts'
import { Rates, ratesByEnvironment } from './rates.ts'

const now = new Date(at(60_000))
const known = (symbol: string, price: string, seconds = 30) => ({
  symbol,
  price: d(price),
  observedAt: new Date(at(seconds * 1_000)),
})
const rates = new Rates(
  [known('EUR/USDT', '1.25'), known('USDC/USDT', '0.8'), known('BTC/USDT', '40000'), known('BTC/USDC', '48000', 0)],
  { now, ageMaxMs: 30_000 },
)
const between = (from: string, to: string) => {
  const found = rates.between(from, to)
  return found && [found.rate.toString(), ...found.by]
}

describe('rates', () => {
  it('are one between a currency and itself', () => {
    expect(between('USDT', 'USDT')).toEqual(['1'])
    expect(between('GBP', 'GBP')).toEqual(['1'])
  })

  it('are read from the instrument that joins two currencies, in either direction', () => {
    expect(between('EUR', 'USDT')).toEqual(['1.25', 'EUR/USDT 1.25'])
    expect(between('USDT', 'EUR')).toEqual(['0.8', 'EUR/USDT 1.25'])
  })

  it('go over one more currency when none joins the two', () => {
    expect(between('EUR', 'USDC')).toEqual(['1.5625', 'EUR/USDT 1.25', 'USDC/USDT 0.8'])
  })

  it('are rounded down', () => {
    const thirds = new Rates([known('EUR/USDT', '3')], { now, ageMaxMs: 30_000 })
    expect(thirds.between('USDT', 'EUR')?.rate.toString()).toBe('0.333333333333333333')
  })

  it('are not known without a price that is fresh enough', () => {
    expect(between('EUR', 'GBP')).toBeNull()
    expect(between('BTC', 'USDC')).toEqual(['50000', 'BTC/USDT 40000', 'USDC/USDT 0.8'])
    const old = new Rates([known('EUR/USDT', '1.25')], { now, ageMaxMs: 29_999 })
    expect(old.between('EUR', 'USDT')).toBeNull()
  })

  it('take the way that gives least where several go over one more currency', () => {
    const ways = [known('EUR/USDT', '1.25'), known('GBP/USDT', '2'), known('EUR/BTC', '0.5'), known('GBP/BTC', '1')]
    const dearer = [known('EUR/ETH', '3'), known('GBP/ETH', '1')]
    for (const order of [ways, ways.toReversed(), [...ways, ...dearer], [...dearer, ...ways]]) {
      const found = new Rates(order, { now, ageMaxMs: 30_000 }).between('EUR', 'GBP')
      expect([`${found?.rate}`, found?.by]).toEqual(['0.5', ['EUR/BTC 0.5', 'GBP/BTC 1']])
    }
  })

  it('of one environment are those that were told of it', () => {
    const live = { ...known('EUR/USDT', '1.25'), environment: 'live' } as const
    const paper = { ...known('EUR/USDT', '2'), environment: 'paper' } as const
    const found = ratesByEnvironment([live, paper], { now, ageMaxMs: 30_000 })
    expect([found.live, found.paper].map((one) => `${one.between('EUR', 'USDT')?.rate}`)).toEqual(['1.25', '2'])
    expect(ratesByEnvironment([live], { now, ageMaxMs: 30_000 }).paper.between('EUR', 'USDT')).toBeNull()
  })
})
