import { describe, expect, it } from 'vitest'
import { listedSymbols, symbolOf } from './mt-manager-symbols.map.ts'

const config = {
  symbol: 'EURUSD',
  type: '0',
  currency: 'EUR',
  tradeMode: 'Full',
  profitCalculationMode: 'Forex',
  point: '0.00001',
  tickSize: '0',
  contractSize: '100000',
}
const security = { trade: '1', lotMin: '0.01', lotMax: '50', lotStep: '0.01' }

describe('a symbol of a broker', () => {
  it('is two currencies where it is a pair, and itself over its money where it is not', () => {
    const cases = [
      ['EURUSD', 'EUR', 'Forex', 'EUR/USD'],
      ['EURUSD.m', 'EUR', 'Forex', 'EUR/USD'],
      ['XAUUSD', 'USD', 'CFD', 'XAU/USD'],
      ['US500', 'USD', 'CFD', 'US500/USD'],
      ['USD', 'USD', 'CFD', null],
      ['EUR', 'EUR', 'Forex', null],
      ['#', 'USD', 'CFD', null],
    ] as const
    for (const [symbol, currency, profitCalculationMode, wanted] of cases) {
      expect(symbolOf({ ...config, symbol, currency, profitCalculationMode })).toBe(wanted)
    }
  })

  it('has the steps of its group, and the shortest of the names that mean the same', () => {
    const listed = listedSymbols([{ ...config, symbol: 'EURUSDpro' }, config], [security])
    expect([...listed.keys()]).toEqual(['EUR/USD'])
    expect(listed.get('EUR/USD')).toMatchObject({
      name: 'EURUSD',
      instrument: { quantityStep: '0.01', maximumQuantity: '50', priceStep: '0.00001', contractSize: '100000' },
    })
  })

  it('is not listed where its group does not trade it, or it has no steps', () => {
    expect(listedSymbols([config], []).size).toBe(0)
    expect(listedSymbols([config], [{ ...security, trade: '0' }]).size).toBe(0)
    expect(listedSymbols([{ ...config, point: '0' }], [security]).size).toBe(0)
  })
})
