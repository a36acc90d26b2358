import { expect, it } from 'vitest'
import { dollarRateOf } from './dollar-rates.ts'

const observedAt = '2022-09-09T01:57:36.304Z'

it('values the currency that a rate joins to a dollar, on either side of it', () => {
  expect(dollarRateOf({ symbol: 'EUR/USDT', price: '1.05', observedAt })).toEqual({
    currency: 'EUR',
    usd: '1.05',
    observedAt,
  })
  expect(dollarRateOf({ symbol: 'USD/JPY', price: '160', observedAt })).toMatchObject({
    currency: 'JPY',
    usd: '0.00625',
  })
})

it('says nothing of two dollars or of none', () => {
  expect(dollarRateOf({ symbol: 'USDC/USDT', price: '0.9998', observedAt })).toBeNull()
  expect(dollarRateOf({ symbol: 'ETH/BTC', price: '0.07', observedAt })).toBeNull()
})
