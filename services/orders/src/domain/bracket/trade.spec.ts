import { describe, expect, it } from 'vitest'
import { at, bracketOf, d, executed, heldWith, instrument, planOf } from '../../testing/bracket-fixtures.ts'
import type { Bracket } from './bracket.ts'
import type { Leg } from './leg.ts'
import type { Loss } from './loss.ts'
import { positionOf } from './position.ts'
import { closedTrade, feeInQuote, openedTrade, slippagePercent } from './trade.ts'

const plan = planOf()
const bought = bracketOf(plan, d('0.9'))
const loss: Loss = {
  quantity: d('0.9'),
  reason: 'manual',
  price: d('40100'),
  fee: d('3'),
  feeCurrency: 'USDT',
  at: at(200),
}

/** Decimals as text. */
function closed(bracket: Bracket, of = plan) {
  const trade = closedTrade(bracket, positionOf(bracket), { plan: of, at: at(900) })
  return JSON.parse(JSON.stringify(trade)) as Record<keyof typeof trade, string>
}

describe('the profit of a trade', () => {
  it('is what was sold for more than it was bought for, after all fees', () => {
    const exits = [
      executed(bought, 'target', { filledQuantity: d('0.4'), averagePrice: d('40500'), fee: d('8') }),
      executed(bought, 'stop', { filledQuantity: d('0.5'), averagePrice: d('39600'), fee: d('9.5') }),
    ]
    const bracket = heldWith(bought, ...exits)
    const [entry, ...rest] = bracket.legs
    const withFee = { ...bracket, legs: [{ ...entry!, fee: d('14.4') }, ...rest] }
    expect(closed(withFee)).toMatchObject({
      quantity: '0.9',
      openPrice: '40000',
      // (0.4 x 40500 + 0.5 x 39600) / 0.9
      closePrice: '40000',
      fees: '31.9',
      realizedPnl: '-31.9',
      openedAt: at(10),
    })
  })

  it('is the other way round for who sold first, and counts contracts by their size', () => {
    const short = planOf({ side: 'sell', stop: { price: d('40400'), type: 'market' }, targets: [d('39600')] })
    const sold = bracketOf(short, d('0.9'))
    const bracket = heldWith(sold, executed(sold, 'target', { averagePrice: d('39600') }))
    expect(closed(bracket, short)).toMatchObject({ realizedPnl: '360' })
    const tenfold = { ...short, instrument: { ...instrument, contractSize: d('10') } }
    expect(closed(bracket, tenfold)).toMatchObject({ realizedPnl: '3600', closePrice: '39600' })
  })

  it('takes what was lost without an order of ours at its price and fee, or as neither profit nor loss', () => {
    expect(closed({ ...heldWith(bought), losses: [loss] })).toMatchObject({
      closePrice: '40100',
      realizedPnl: '87',
      fees: '3',
    })
    const untold = { ...loss, price: null, fee: d('0'), feeCurrency: null }
    expect(closed({ ...heldWith(bought), losses: [untold] })).toMatchObject({ closePrice: '40000', realizedPnl: '0' })
  })

  it('goes by the price of the signal, and by when the entry was sent, where the venue has told neither', () => {
    const bracket = heldWith(bought, executed(bought, 'close'))
    const [entry, close] = bracket.legs
    const untold = { ...bracket, firstFilledAt: null, legs: [{ ...entry!, averagePrice: null }, close!] }
    expect(closed(untold)).toMatchObject({ openPrice: '40000', realizedPnl: '360', openedAt: at(0) })
    expect(openedTrade(untold, positionOf(untold), plan)).toMatchObject({ openPrice: d('40000'), openedAt: at(0) })
    expect(openedTrade(bracket, positionOf(bracket), plan)).toMatchObject({ openedAt: at(10) })
  })
})

describe('the end of a trade', () => {
  const target = { filledQuantity: d('0.4'), filledAt: at(100) }
  const rest = { filledQuantity: d('0.5') }

  it('is named and timed by the exit that was filled last', () => {
    const stopLast = heldWith(bought, executed(bought, 'stop', { ...rest, filledAt: at(300) }))
    expect(closed({ ...stopLast, legs: [...stopLast.legs, executed(bought, 'target', target)] })).toMatchObject({
      reason: 'stop',
      closedAt: at(300),
    })
    const targetLast = heldWith(bought, executed(bought, 'stop', { ...rest, filledAt: at(50) }))
    expect(closed({ ...targetLast, legs: [...targetLast.legs, executed(bought, 'target', target)] })).toMatchObject({
      reason: 'target',
      closedAt: at(100),
    })
  })

  it.each([
    ['close', 'stop'],
    ['stop', 'trailing'],
    ['trailing', 'target'],
  ] as const)('is a %s rather than a %s where both were filled at the same moment', (first, second) => {
    const both = [first, second].map((purpose) => executed(bought, purpose, { ...rest, filledAt: at(100) }))
    for (const legs of [both, both.toReversed()]) {
      expect(closed(heldWith(bought, ...legs))).toMatchObject({ reason: first })
    }
  })

  it('is a loss from when that came last, and a leg of ours when that did', () => {
    const before = executed(bought, 'target', { ...target, filledAt: at(199) })
    const beside = executed(bought, 'target', { ...target, filledAt: at(200) })
    const after = executed(bought, 'target', { ...target, filledAt: at(201) })
    const lost = [{ ...loss, quantity: d('0.5') }]
    for (const leg of [before, beside]) {
      expect(closed({ ...heldWith(bought, leg), losses: lost })).toMatchObject({ reason: 'manual', closedAt: at(200) })
    }
    expect(closed({ ...heldWith(bought, after), losses: lost })).toMatchObject({ reason: 'target', closedAt: at(201) })
  })

  it('is not what could not be sold, whenever that was noticed', () => {
    const crumbs: Loss = { ...loss, quantity: d('0.0009'), reason: 'unsellable', price: null, at: at(500) }
    const target09 = executed(bought, 'target')
    expect(closed({ ...heldWith(bought, target09), losses: [crumbs] })).toMatchObject({
      reason: 'target',
      closedAt: at(100),
    })
    const lost = { ...loss, at: at(150) }
    expect(closed({ ...heldWith(bought, target09), losses: [lost, crumbs] })).toMatchObject({
      reason: 'manual',
      closedAt: at(150),
    })
  })

  it("is the venue's, at the moment of the news, where nothing of ours was filled", () => {
    expect(closed(heldWith(bought))).toMatchObject({ reason: 'venue', closedAt: at(900), closePrice: '40000' })
  })

  it('is not an order that came to nothing', () => {
    const empty = executed(bought, 'close', { state: 'rejected', filledQuantity: d('0'), filledAt: null })
    expect(closed(heldWith(bought, executed(bought, 'stop'), empty))).toMatchObject({ reason: 'stop' })
  })
})

describe('a fee', () => {
  const fee = (changes: Partial<Leg>) =>
    `${feeInQuote(executed(bought, 'entry', { fee: d('0.001'), ...changes }), plan)}`

  it('in coins counts at the price of its own order, one in a token of the venue not at all', () => {
    expect(fee({ feeCurrency: 'USDT' })).toBe('0.001')
    expect(fee({ feeCurrency: 'BTC', averagePrice: d('40000') })).toBe('40')
    expect(fee({ feeCurrency: 'BTC', averagePrice: null })).toBe('0')
    expect(fee({ feeCurrency: 'BNB', averagePrice: d('40000') })).toBe('0')
    expect(fee({ feeCurrency: null })).toBe('0')
  })
})

describe('slippage', () => {
  it('is how much worse than asked a price was, in per cent of the asked one', () => {
    expect(`${slippagePercent(d('40000'), d('40020'), 'buy')}`).toBe('0.05')
    expect(`${slippagePercent(d('40000'), d('40020'), 'sell')}`).toBe('-0.05')
    expect(`${slippagePercent(d('3'), d('4'), 'buy')}`).toBe('33.333333')
  })
})
