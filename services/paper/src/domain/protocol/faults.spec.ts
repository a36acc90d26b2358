import { describe, expect, it } from 'vitest'
import { candleTicks } from '../books/candle-ticks.ts'
import { formatAmount } from '../amount.ts'
import { FaultBoard, type Call } from './faults.ts'
import { BudgetCounter } from './rate-limits.ts'

const call: Call = { venue: 'binance-usdm', accountId: '0198c6de-0000-7000-8000-000000000001', operation: 'place' }

describe('fault switches', () => {
  it('hit only calls in their scope', () => {
    const board = new FaultBoard()
    board.add({ kind: 'reject', venue: 'binance-usdm' })
    expect(board.strike('reject', { ...call, venue: 'paper' })).toBeUndefined()
    expect(board.strike('reject', { ...call, operation: 'read' })).toBeUndefined()
    expect(board.strike('latency', call)).toBeUndefined()
    expect(board.strike('reject', call)).toMatchObject({ kind: 'reject' })
  })

  it('end by themselves after so many hits', () => {
    const board = new FaultBoard()
    board.add({ kind: 'reject', next: 2 })
    const hits = [1, 2, 3].map(() => board.strike('reject', call) !== undefined)
    expect(hits).toEqual([true, true, false])
    expect(board.list()).toEqual([])
  })

  it('choose the same calls again for the same seed, in the share that was asked for', () => {
    const run = (seed: number) => {
      const board = new FaultBoard()
      board.add({ kind: 'reject', rate: 0.25, seed })
      return Array.from({ length: 2_000 }, () => board.strike('reject', call) !== undefined)
    }
    expect(run(7)).toEqual(run(7))
    expect(run(7)).not.toEqual(run(8))
    const share = run(7).filter(Boolean).length / 2_000
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.3)
  })
})

describe('budgets', () => {
  it('allow so much per window, say when the window ends, and begin anew', () => {
    const counter = new BudgetCounter({ unitsMax: 3, windowMs: 1_000 })
    expect(counter.spend('a', 3, 5_100)).toEqual({ used: 3, retryAfterMs: undefined })
    expect(counter.spend('a', 1, 5_400)).toEqual({ used: 4, retryAfterMs: 600 })
    expect(counter.spend('b', 1, 5_400)).toEqual({ used: 1, retryAfterMs: undefined })
    expect(counter.spend('a', 1, 6_000)).toEqual({ used: 1, retryAfterMs: undefined })
  })
})

describe('a candle as ticks', () => {
  const walk = (open: string, high: string, low: string, close: string) =>
    candleTicks({ open, high, low, close }, 0).map((tick) =>
      tick !== undefined && 'price' in tick ? formatAmount(tick.price) : undefined,
    )

  it('goes to the nearer extreme first, to the low on a tie', () => {
    expect(walk('100', '110', '95', '105')).toEqual(['100', '95', '110', '105'])
    expect(walk('100', '103', '90', '95')).toEqual(['100', '103', '90', '95'])
    expect(walk('100', '105', '95', '100')).toEqual(['100', '95', '105', '100'])
  })

  it('is refused when it cannot be', () => {
    expect(walk('100', '99', '95', '98')).toEqual([undefined])
  })
})
