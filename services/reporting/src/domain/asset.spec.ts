import { describe, expect, it } from 'vitest'
import { assetOf } from './asset.ts'

describe('what a strategy trades', () => {
  it('is told by its venue and symbol', () => {
    expect(assetOf('binance-usdm', 'BTC/USDT')).toBe('crypto')
    expect(assetOf('xapi', 'EUR/USD')).toBe('forex')
    expect(assetOf('xapi', 'BTC/USD')).toBe('crypto')
    expect(assetOf('xapi', 'AAPL/USD')).toBe('stocks')
  })
})
