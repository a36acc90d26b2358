import { beforeEach, describe, expect, it } from 'vitest'
import { LevelExits, type LeveledPosition, type Protection, stands, venueIdOf } from './level-exits.ts'

function stopOf(clientOrderId: string, price: string, part: Partial<Protection> = {}): Protection {
  const terms = { kind: 'stop', symbol: 'EUR/USD', quantity: '0.1', positions: ['7'], cancelled: false } as const
  return { ...terms, clientOrderId, price, ...part }
}

const position = (stopLoss: string | null): LeveledPosition => ({ id: '7', stopLoss, takeProfit: null })

describe('an exit that is a level on positions', () => {
  it('stands while its own level is on one of them and it is still wanted', () => {
    const at = (level: string | null) => (id: string) => (id === '7' ? position(level) : undefined)
    const stop = stopOf('a', '1.08', { positions: ['6', '7'] })
    expect([at('1.080'), at('1.07'), at(null)].map((seen) => stands(stop, seen))).toEqual([true, false, false])
    expect(stands({ ...stop, cancelled: true }, at('1.08'))).toBe(false)
  })
})

describe('the exits of an account', () => {
  let exits: LevelExits

  beforeEach(() => (exits = new LevelExits()))

  it('let the one that was set last hold the level, unless it is not wanted any more', () => {
    const [first, second] = [stopOf('a', '1.08'), stopOf('b', '1.09')]
    exits.add(first)
    exits.add(second)
    expect(exits.holderOf('stop', '7')?.clientOrderId).toBe('b')
    second.cancelled = true
    expect(exits.holderOf('stop', '7')?.clientOrderId).toBe('a')
    expect(exits.holderOf('target', '7')).toBeUndefined()
    expect(exits.holderOf('stop', '8')).toBeUndefined()
  })

  it('say whose the level was at which the venue closed: the one that was seen last, whatever was wanted since', () => {
    exits.add(stopOf('a', '1.08', { cancelled: true }))
    exits.add(stopOf('b', '1.09'))
    expect(exits.ownerOf('stop', '7')).toBe('b')
    exits.see(position('1.080'))
    expect(exits.ownerOf('stop', '7')).toBe('a')
    exits.see(position('1.07'))
    expect(exits.ownerOf('stop', '7')).toBe('b')
  })

  it('own a close also when none of them is wanted any more, and never one of a position that they were not on', () => {
    exits.add(stopOf('a', '1.08', { cancelled: true }))
    expect(exits.ownerOf('stop', '7')).toBe('a')
    expect(exits.ownerOf('stop', '8')).toBeNull()
    expect(exits.ownerOf('target', '7')).toBeNull()
  })

  it('are known again after a restart by what was kept of them, and by nothing that only looks like it', () => {
    const kept = stopOf('a', '1.08', { kind: 'target', positions: ['6', '7'], quantity: '0' })
    const reference = { clientOrderId: 'a', symbol: 'EUR/USD', type: 'limit' } as const
    expect(exits.recall({ ...reference, venueOrderId: venueIdOf(kept) })).toEqual(kept)
    expect(exits.find('a')).toEqual(kept)
    for (const venueOrderId of ['7', 'tp@1.08', 'tp@1.08:', 'xp@1.08:7', null]) {
      expect(exits.recall({ ...reference, clientOrderId: 'b', venueOrderId })).toBeNull()
    }
  })
})
