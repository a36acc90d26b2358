import type { LedgerFill, LedgerOrder } from '@tradewire/contracts/paper/control'
import { describe, expect, it } from 'vitest'
import { type BelievedOrder, differencesOf, type Ledger } from './compare-orders.ts'

const id = 'our-order'
const believed = (changes: Partial<BelievedOrder> = {}): BelievedOrder[] => [
  { clientOrderId: id, state: 'filled', filledQuantity: '1', executedAt: null, isListed: true, ...changes },
]
const order = (changes: Partial<LedgerOrder> = {}) =>
  ({ clientOrderId: id, status: 'filled', filledQuantity: '1.0', ...changes }) as LedgerOrder
const fillAt = (at: string) => ({ clientOrderId: id, at }) as LedgerFill
const ledger = (orders: readonly LedgerOrder[], fills: readonly LedgerFill[] = []): Ledger => ({ orders, fills })

describe('orders beside the ledger', () => {
  it('agree where both sides say the same', () => {
    expect(differencesOf(believed(), ledger([order()]))).toEqual([])
    expect(differencesOf(believed({ state: 'rejected', filledQuantity: '0' }), ledger([]))).toEqual([])
    expect(differencesOf(believed({ state: 'cancelled' }), ledger([order({ status: 'expired' })]))).toEqual([])
  })

  it('differ where one stands twice, was lost, or is denied', () => {
    expect(differencesOf(believed(), ledger([order(), order()]))).toEqual([`${id} stands 2 times at the venue`])
    expect(differencesOf(believed(), ledger([]))).toEqual([`${id} is believed filled, and the venue has no such order`])
    expect(differencesOf(believed({ state: 'rejected' }), ledger([order()]))).toEqual([
      `${id} is believed rejected, and the venue has it as filled`,
    ])
    expect(differencesOf(believed({ state: 'unknown' }), ledger([order()]))).toEqual([`${id} was never resolved`])
  })

  it('differ where a fill is missing', () => {
    expect(differencesOf(believed({ filledQuantity: '0.5' }), ledger([order()]))).toEqual([
      `${id}: a fill of 0.5 is believed, 1.0 was filled`,
    ])
  })

  it('differ where the last fill was at another time, and not where the venue has not told', () => {
    const [first, last] = ['2026-01-05T09:00:00.000Z', '2026-01-05T09:00:07.000Z']
    const books = ledger([order()], [fillAt(first), fillAt(last)])
    expect(differencesOf(believed({ executedAt: new Date(last) }), books)).toEqual([])
    expect(differencesOf(believed(), books)).toEqual([])
    expect(differencesOf(believed({ executedAt: new Date(first) }), books)).toEqual([
      `${id} is believed filled at ${first}, and was at ${last}`,
    ])
  })
})
