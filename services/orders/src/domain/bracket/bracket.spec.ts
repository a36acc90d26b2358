import { describe, expect, it } from 'vitest'
import type { LegState } from './leg.ts'
import { type BracketState, holdsSlot } from './bracket.ts'

function holds(state: BracketState, ...legs: LegState[]): boolean {
  return holdsSlot({ state, legs: legs.map((each) => ({ state: each }) as never) })
}

describe('the slot of a follow', () => {
  it.each(['planned', 'entering', 'open', 'protected', 'closing'] as const)(
    'is taken while a bracket is %s',
    (state) => {
      expect(holds(state, 'filled')).toBe(true)
    },
  )

  it.each(['closed', 'failed'] as const)('stays taken by a %s bracket until no order of it can execute', (state) => {
    expect(holds(state, 'filled', 'working')).toBe(true)
    expect(holds(state, 'unknown')).toBe(true)
    expect(holds(state, 'filled', 'cancelled', 'rejected')).toBe(false)
  })

  it('is not taken by a bracket that was denied', () => {
    expect(holds('denied')).toBe(false)
  })
})
