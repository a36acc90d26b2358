import type { OverviewReply } from '@tradewire/contracts/rpc/orders'
import { describe, expect, it } from 'vitest'
import { standingOf } from './standing.ts'

const overview = (byState: object, legsByState: object = {}) =>
  ({ brackets: 5, byState, legsByState }) as unknown as OverviewReply

describe('how far a strategy has come', () => {
  it('is nowhere before anything was planned', () => {
    expect(standingOf(undefined)).toEqual({ brackets: 0, moving: 0, held: 0 })
  })

  it('is at rest with positions that are protected', () => {
    expect(standingOf(overview({ protected: 3, closed: 1, denied: 1 }))).toEqual({ brackets: 5, moving: 0, held: 3 })
  })

  it.each(['waiting', 'planned', 'entering', 'open', 'closing'])('goes on while a bracket is %s', (state) => {
    expect(standingOf(overview({ [state]: 2, closed: 3 }))).toEqual({ brackets: 5, moving: 2, held: 2 })
  })

  it.each(['submitted', 'unknown'])('goes on while an order is %s, whatever its bracket', (state) => {
    expect(standingOf(overview({ closed: 5 }, { [state]: 1, filled: 9 }))).toMatchObject({ moving: 1, held: 0 })
  })
})
