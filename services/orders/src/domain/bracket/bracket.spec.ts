import { describe, expect, it } from 'vitest'
import type { LegState } from './leg.ts'
import { type BracketState, holdsSlot, isOver } from './bracket.ts'

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

describe('the turn of the next entry', () => {
  const over = (state: BracketState, closedAt: string | null, ...legs: LegState[]) =>
    isOver({ state, closedAt, legs: legs.map((each) => ({ state: each }) as never) })
  const closedAt = '2022-01-10T12:00:00.000Z'

  it('comes when the one before it filled nothing, or when it is known what it lost', () => {
    expect(over('failed', null, 'rejected')).toBe(true)
    expect(over('closed', closedAt, 'filled', 'filled')).toBe(true)
    expect(over('closed', null, 'filled', 'filled')).toBe(false)
  })

  it('waits while an order of that one can still execute', () => {
    expect(over('failed', null, 'unknown')).toBe(false)
    expect(over('closed', closedAt, 'filled', 'working')).toBe(false)
    expect(over('protected', null, 'filled')).toBe(false)
  })

  it('is not kept waiting by an entry that only waits itself', () => {
    expect(holds('waiting')).toBe(false)
  })
})
