import { ZERO } from '@tradewire/kernel/decimal'
import { describe, expect, it } from 'vitest'
import { at, d } from '../../testing/bracket-fixtures.ts'
import type { Loss } from '../bracket/loss.ts'
import { lossStory } from './loss-story.ts'

const byHand: Loss = {
  quantity: d('0.05'),
  reason: 'manual',
  price: d('41994.7'),
  fee: d('0.839894'),
  feeCurrency: 'USDT',
  at: at(100),
}
const unpriced = { price: null, fee: ZERO, feeCurrency: null }

describe('what was closed without an order of the trade', () => {
  it.each([
    [{}, '0.05 closed at the venue by hand at 41994.7, fee 0.839894 USDT'],
    [{ reason: 'liquidation' }, '0.05 closed by liquidation at 41994.7, fee 0.839894 USDT'],
    [{ reason: 'stop-out', fee: ZERO }, '0.05 closed by the venue itself at 41994.7'],
    [{ reason: 'venue', fee: ZERO }, '0.05 gone without an order of this trade at 41994.7'],
    [
      { reason: 'venue', ...unpriced },
      '0.05 gone without an order of this trade, the price is not known: it counts at that of the entry',
    ],
    [{ reason: 'unsellable', ...unpriced }, '0.05 cannot be sold: paid as a fee, or less than the venue takes'],
  ] as const)('is told with its price and its fee, as far as they are known: %o', (changes, sentence) => {
    expect(lossStory({ ...byHand, ...changes })).toBe(sentence)
  })
})
