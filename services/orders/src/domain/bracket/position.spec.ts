import { describe, expect, it } from 'vitest'
import { bracketOf, d, executed, heldWith, planOf } from '../../testing/bracket-fixtures.ts'
import type { Bracket } from './bracket.ts'
import { positionOf } from './position.ts'

const bought = bracketOf(planOf(), d('0.9'))
const coins = bracketOf(planOf({}, 'binance-spot'), d('0.9'))

/** Both stand, over so much. */
function withStops(bracket: Bracket, ...quantities: readonly string[]): Bracket {
  const stand = { state: 'working', filledQuantity: d('0'), filledAt: null } as const
  const stops = quantities.map((quantity) => ({ ...executed(bracket, 'stop', stand), quantity: d(quantity) }))
  return heldWith(bracket, ...stops)
}

describe('what protects a position', () => {
  const covered = (bracket: Bracket) => `${positionOf(bracket).protected}`

  it('is the largest stop that stands, as they replace each other, and no more than is held', () => {
    expect(covered(withStops(bought, '0.3', '0.5'))).toBe('0.5')
    expect(covered(withStops(bought, '0.9', '1.2'))).toBe('0.9')
  })

  it('is the sum of the stops where coins are held, as each locks its own', () => {
    expect(covered(withStops(coins, '0.3', '0.5'))).toBe('0.8')
  })

  it('is no other exit, nor a stop that was asked to end or does not stand', () => {
    const [entry, stop] = withStops(bought, '0.9').legs
    const others = [
      { ...stop!, purpose: 'target' as const },
      { ...stop!, cancelRequested: true },
      { ...stop!, state: 'submitted' as const },
      { ...stop!, type: 'stop-or-target' as const, filledQuantity: d('0.1') },
    ]
    for (const leg of others) expect(covered({ ...bought, legs: [entry!, leg] })).toBe('0')
  })

  it('has been hit once a stop or the trailing stop has executed something, and by nothing else', () => {
    const hit = (purpose: 'stop' | 'trailing' | 'target' | 'close') =>
      positionOf(heldWith(bought, executed(bought, purpose, { filledQuantity: d('0.1') }))).stopHit
    expect([hit('stop'), hit('trailing'), hit('target'), hit('close')]).toEqual([true, true, false, false])
    expect(positionOf(withStops(bought, '0.9')).stopHit).toBe(false)
  })
})

describe('a position', () => {
  it('is what the entry filled, wherever it stands among the legs, less what was closed and what is gone', () => {
    const bracket = { ...heldWith(bought, executed(bought, 'target', { filledQuantity: d('0.4') })), gone: d('0.2') }
    for (const legs of [bracket.legs, bracket.legs.toReversed()]) {
      const { opened, closed, remaining } = positionOf({ ...bracket, legs })
      expect([opened, closed, remaining].map(String)).toEqual(['0.9', '0.4', '0.3'])
    }
  })

  it('cannot be told of legs without an entry', () => {
    expect(() => positionOf({ ...bought, legs: [executed(bought, 'stop')] })).toThrow('a bracket has an entry leg')
  })
})
