import { describe, expect, it } from 'vitest'
import { type Decimal, sum } from '@tradewire/kernel/decimal'
import { at, bracketOf, d, executed, heldWith, planOf } from '../../testing/bracket-fixtures.ts'
import { Story } from '../../testing/bracket-story.ts'
import type { Bracket } from './bracket.ts'
import type { Leg } from './leg.ts'
import { ownExits, takenFromOthers } from './taken.ts'
import type { TradeClosed } from './trade.ts'

const bought = bracketOf(planOf(), d('0.9'))
const coins = bracketOf(planOf({}, 'binance-spot'), d('0.9'))

function closedOf(story: Story): TradeClosed {
  const closed = story.events.find((event) => event.kind === 'closed')
  if (closed?.kind !== 'closed') throw new Error('the trade was not closed')
  return closed.trade
}

const told = (before: Bracket, after: Bracket) =>
  takenFromOthers(before, after).map(
    ({ filledQuantity, averagePrice, fee }) => `${filledQuantity} at ${averagePrice}, fee ${fee}`,
  )

/** 0.9 long at 40000 beside others of the account: the stop of 0.9 and a target of 0.3 are executed at the same moment. */
function overrun(first: 'stop-1' | 'target-1'): { story: Story; taken: string[] } {
  const story = new Story().opened()
  const taken: string[] = []
  const exits = {
    'stop-1': { filled: '0.9', price: '39600', fee: '14', atMs: 100 },
    'target-1': { filled: '0.3', price: '40400', fee: '5', atMs: 200 },
  }
  for (const leg of first === 'stop-1' ? (['stop-1', 'target-1'] as const) : (['target-1', 'stop-1'] as const)) {
    const before = story.bracket
    story.tell(leg, 'filled', exits[leg])
    taken.push(...told(before, story.bracket))
  }
  return { story, taken }
}

describe('exits that took more than their trade held', () => {
  it('count in the trade for what it held, and the last one of them for others, however the news comes', () => {
    const { story, taken } = overrun('target-1')
    // What others lost has its price; the fee is told by the trade whose order it was.
    expect(taken).toEqual(['0.3 at 40400, fee 0'])
    expect(closedOf(story)).toMatchObject({ quantity: d('0.9'), closePrice: d('39600'), fees: d('33.4') })
    expect(closedOf(story).realizedPnl).toEqual(d('-393.4'))
  })

  it('are lost by others with their fee where the trade was told before', () => {
    const { story, taken } = overrun('stop-1')
    expect(taken).toEqual(['0.3 at 40400, fee 5'])
    expect(closedOf(story)).toMatchObject({ closePrice: d('39600'), fees: d('28.4') })
    expect(closedOf(story).realizedPnl).toEqual(d('-388.4'))
  })

  it('are counted once each: what the trade and the others have of them is what was executed', () => {
    for (const first of ['stop-1', 'target-1'] as const) {
      const { story } = overrun(first)
      const exits = story.bracket.legs.filter(({ purpose }) => purpose !== 'entry')
      const executed = sum(
        exits.map(({ filledQuantity, averagePrice }) => filledQuantity.times(averagePrice ?? d('0'))),
      )
      const own = closedOf(story).closePrice.times(d('0.9'))
      const others: Decimal = d('0.3').times(d('40400'))
      expect(own.plus(others)).toEqual(executed)
    }
  })

  it('are those that were asked for last where all were executed at one moment', () => {
    const exits = [executed(bought, 'stop'), executed(bought, 'target', { filledQuantity: d('0.3') })]
    for (const order of [exits, exits.toReversed()]) {
      expect(told(heldWith(bought), { ...heldWith(bought, ...order), state: 'closed' })).toEqual([
        `0.3 at 40400, fee 0`,
      ])
      const own = ownExits(heldWith(bought, ...order)).map(({ leg, filledQuantity }) => `${leg} ${filledQuantity}`)
      expect(own).toEqual(order === exits ? ['stop-1 0.9'] : ['target-1 0.3', 'stop-1 0.6'])
    }
  })

  it('are those that were executed last, whatever was asked for first, once the trade is closed', () => {
    const stop = executed(bought, 'stop', { averagePrice: d('39600'), filledAt: at(100) })
    const target = executed(bought, 'target', { filledQuantity: d('0.3'), filledAt: at(50) })
    const late = { ...target, filledAt: at(150) }
    const after = (...legs: Leg[]): Bracket => ({ ...heldWith(bought, ...legs), state: 'closed' })
    for (const legs of [
      [stop, target],
      [target, stop],
    ]) {
      expect(told(heldWith(bought), after(...legs))).toEqual(['0.3 at 39600, fee 0'])
    }
    for (const legs of [
      [stop, late],
      [late, stop],
    ]) {
      expect(told(heldWith(bought), after(...legs))).toEqual(['0.3 at 40400, fee 0'])
    }
    expect(told(heldWith(bought), { ...after(stop, late), state: 'closing' })).toEqual([])
  })

  it('are of nobody while the entry may still fill, nor of coins, which only their own order can sell', () => {
    const [entry, ...exits] = heldWith(bought, executed(bought, 'stop'), executed(bought, 'target')).legs
    const filling = { ...bought, state: 'closed', legs: [{ ...entry!, state: 'cancelled' }, ...exits] } as const
    expect(told(heldWith(bought), filling)).toEqual([])
    const sold = heldWith(coins, executed(coins, 'stop'), executed(coins, 'target'))
    expect(told(heldWith(coins), { ...sold, state: 'closed' })).toEqual([])
  })

  it('are of no others where the trade held all of it', () => {
    const story = new Story().opened()
    const before = story.bracket
    story.tell('stop-1', 'filled', { filled: '0.9', price: '39600', fee: '14', atMs: 100 })
    expect(told(before, story.bracket)).toEqual([])
  })
})
