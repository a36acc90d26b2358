import type { LedgerOrder } from '@tradewire/contracts/paper/control'
import { describe, expect, it } from 'vitest'
import { type BelievedOrder, differencesOf } from './compare-orders.ts'

const id = 'our-order'
const believed = (changes: Partial<BelievedOrder> = {}): BelievedOrder[] => [
  { clientOrderId: id, state: 'filled', filledQuantity: '1', isListed: true, ...changes },
]
const ledger = (changes: Partial<LedgerOrder> = {}) =>
  ({ clientOrderId: id, status: 'filled', filledQuantity: '1.0', ...changes }) as LedgerOrder

describe('orders beside the ledger', () => {
  it('agree where both sides say the same', () => {
    expect(differencesOf(believed(), [ledger()])).toEqual([])
    expect(differencesOf(believed({ state: 'rejected', filledQuantity: '0' }), [])).toEqual([])
    expect(differencesOf(believed({ state: 'cancelled' }), [ledger({ status: 'expired' })])).toEqual([])
  })

  it('differ where one stands twice, was lost, or is denied', () => {
    expect(differencesOf(believed(), [ledger(), ledger()])).toEqual([`${id} stands 2 times at the venue`])
    expect(differencesOf(believed(), [])).toEqual([`${id} is believed filled, and the venue has no such order`])
    expect(differencesOf(believed({ state: 'rejected' }), [ledger()])).toEqual([
      `${id} is believed rejected, and the venue has it as filled`,
    ])
    expect(differencesOf(believed({ state: 'unknown' }), [ledger()])).toEqual([`${id} was never resolved`])
  })

  it('differ where a fill is missing', () => {
    expect(differencesOf(believed({ filledQuantity: '0.5' }), [ledger()])).toEqual([
      `${id}: a fill of 0.5 is believed, 1.0 was filled`,
    ])
  })
})
