import { expect, it } from 'vitest'
import { toPosition } from './exchange-words.ts'

const observedAt = '2022-10-21T18:12:09.485Z'
const documented = {
  symbol: 'BTC/USDT',
  side: 'buy' as const,
  quantity: '0.673',
  entryPrice: '19299.9',
  unrealizedPnl: '-64.58874774',
  leverage: 2,
}

// The example's own figures, but for the last digit of the mark price and what follows from it.
it("reckons the figures of a position as the document's example does", () => {
  expect(toPosition(documented, observedAt)).toMatchObject({
    contracts: 0.673,
    collateral: 12_988.8327,
    notional: 12_924.24395226,
    markPrice: 19_203.92860663,
    initialMargin: 6_462.12197613,
    initialMarginPercentage: 0.5,
    timestamp: 1_666_375_929_485,
    side: 'long',
    percentage: -0.99,
  })
})

it('has the mark price of a short position on the other side of its entry', () => {
  expect(toPosition({ ...documented, side: 'sell' }, observedAt).markPrice).toBe(19_395.87139337)
})

it('leaves open what follows from nothing that is known', () => {
  const position = toPosition({ ...documented, entryPrice: null, leverage: null }, observedAt)
  expect([position.markPrice, position.initialMargin, position.percentage]).toEqual([null, null, null])
})
