import { describe, expect, it } from 'vitest'
import type { SizingTrace } from '../sizing/sizing.ts'
import { type SizedStory, sizingStory } from './sizing-story.ts'

const sizing: SizingTrace = {
  balance: '10000',
  free: '9000',
  equity: '12000',
  reserved: '1000',
  mode: 'risk-percent',
  value: '1',
  multiplier: '3',
  leverage: 2,
  maxNotional: '60000',
  maxQuantity: '1',
  caps: { risk: '0.75', size: null, leverage: '0.6', balance: '0.398', notional: '1.5', quantity: '1', venue: '1000' },
  bound: 'balance',
  minimum: '0.001',
  quantity: '0.398',
  notional: '15920',
  atRisk: '159.2',
}

const story: SizedStory = {
  bracket: { denial: null },
  trace: {
    settings: [
      ['riskPercent', '1', 'risk profile'],
      ['multiplier', '3', 'follow'],
      ['leverage', '2', 'follow'],
      ['maxNotional', '60000', 'platform'],
      ['maxQuantity', '1', 'account'],
    ],
    balance: { currency: 'USDT', observedMs: 0, lostSince: '0' },
    unused: null,
  },
  instrument: { base: 'BTC', quote: 'USDT', quantityStep: '0.001', contractSize: '1' },
  prices: { entry: '40000' },
  stop: '39600',
  entryCostPercent: '0.2',
}

describe('the story of a size', () => {
  it('tells a follower whose order was smaller than asked for where each number comes from, and which cap decided', () => {
    expect(sizingStory(sizing, story)).toEqual([
      '3 % (1 times 3, the multiplier of the follow) of the balance of 10000 USDT may be lost (risk profile): 300 USDT.',
      'Between entry 40000 and stop 39600 that is 0.75 BTC, in whole steps of 0.001.',
      'Leverage 2 (follow) on an equity of 12000 USDT allows 0.6 BTC.',
      'Free 9000 USDT, of which 1000 is taken by orders just planned, allows 0.398 BTC ' +
        'when 0.2 % of the notional is kept for the costs of the entry (ORDERS_ENTRY_COST_PERCENT).',
      'The limit of 60000 USDT (platform) allows 1.5 BTC.',
      'The limit of 1 BTC (account) allows 1 BTC.',
      'The venue takes from 0.001 to 1000 BTC in an order.',
      'What is free decides: 0.398 BTC instead of the 0.75 that was asked for, for 15920 USDT; the stop would cost 159.2 USDT.',
    ])
  })

  it('counts in lots where the venue does, and says what one is', () => {
    const instrument = { base: 'EUR', quote: 'USD', quantityStep: '0.01', contractSize: '100000' }
    const told = sizingStory(sizing, { ...story, instrument })
    expect(told[0]).toBe('One lot is 100000 EUR.')
    expect(told[2]).toBe('Between entry 40000 and stop 39600 that is 0.75 lots, in whole steps of 0.01.')
    expect(told.slice(1).join(' ')).not.toContain('EUR')
  })

  it('says so when there is no margin, and by how much the follower lets a size be rounded up', () => {
    const settings = [
      ['leverage', '5', 'follow'],
      ['roundUpPercentMax', '50', 'account'],
    ] as const
    const told = sizingStory({ ...sizing, leverage: 1 }, { ...story, trace: { ...story.trace, settings } })
    expect(told).toContain('Without margin an equity of 12000 USDT allows 0.6 BTC.')
    expect(told[1]).toMatch(/in whole steps of 0\.001, the nearest if that is 50 % more at most \(account\)\.$/)
  })

  it.each([
    ['risk', 'What may be lost decides: 0.398 BTC, for'],
    ['leverage', 'The leverage decides: 0.398 BTC instead of the 0.75 that was asked for, for'],
    ['notional', 'The limit of 60000 USDT decides: 0.398 BTC instead of the 0.75 that was asked for, for'],
    ['quantity', 'The limit of 1 BTC decides: 0.398 BTC instead of the 0.75 that was asked for, for'],
    ['venue', "The venue's maximum decides: 0.398 BTC instead of the 0.75 that was asked for, for"],
  ] as const)('names what decided in words: %s', (bound, words) => {
    expect(sizingStory({ ...sizing, bound }, story).at(-1)).toContain(words)
  })

  it('says that a rule about the size decided where that is so', () => {
    const caps = { ...sizing.caps, risk: null, size: '0.398' }
    const told = sizingStory({ ...sizing, mode: 'fixed-quantity', bound: 'size', caps }, story)
    expect(told.at(-1)).toContain('What is asked for decides: 0.398 BTC, for 15920 USDT')
  })

  it('takes off what was lost since the balance was told, and says why nothing is ordered', () => {
    const balance = { currency: 'USDT', observedMs: 0, lostSince: '10.75' }
    const told = sizingStory({ ...sizing, quantity: '0' }, { ...story, trace: { ...story.trace, balance } })
    expect(told[0]).toBe('Trades that ended since the venue told the balance lost 10.75 USDT: that is taken off.')
    expect(told.at(-1)).toBe('What is free leaves less than the minimum: nothing is ordered.')
  })
})
