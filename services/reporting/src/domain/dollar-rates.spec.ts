import { expect, it } from 'vitest'
import { dollarRateOf } from './dollar-rates.ts'

const told = { environment: 'live', observedAt: '2022-09-09T01:57:36.304Z' } as const

it('values the currency that a rate joins to a dollar, on either side of it', () => {
  expect(dollarRateOf({ symbol: 'EUR/USDT', price: '1.05', ...told })).toEqual({
    currency: 'EUR',
    usd: '1.05',
    ...told,
  })
  expect(dollarRateOf({ symbol: 'USD/JPY', price: '160', ...told })).toMatchObject({
    currency: 'JPY',
    usd: '0.00625',
  })
})

it('says nothing of two dollars or of none', () => {
  expect(dollarRateOf({ symbol: 'USDC/USDT', price: '0.9998', ...told })).toBeNull()
  expect(dollarRateOf({ symbol: 'ETH/BTC', price: '0.07', ...told })).toBeNull()
})
