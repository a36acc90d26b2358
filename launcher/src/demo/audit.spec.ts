import type { LedgerOrder } from '@tradewire/contracts/paper/control'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import { describe, expect, it } from 'vitest'
import { audit } from './audit.ts'

const leg = (clientOrderId: string, state = 'filled') => ({ leg: 'entry', clientOrderId, state, venueOrderId: '1' })
const bracket = (legs: object[], state = 'closed') =>
  ({ id: 'b', signalId: 's', followId: 'f', state, legs }) as unknown as BracketReply
const order = (clientOrderId: string, more = {}) =>
  ({ accountId: 'a', clientOrderId, status: 'filled', forced: false, ...more }) as unknown as LedgerOrder

const books = (brackets: BracketReply[], venueOrders: LedgerOrder[]) =>
  audit({ signalIds: ['s'], followIds: ['f'], brackets, venueOrders })

describe('the audit', () => {
  it('passes books that agree', () => {
    expect(books([bracket([leg('x')])], [order('x')])).toMatchObject({
      lost: 0,
      doubled: 0,
      intents: 1,
      venueOrders: 1,
    })
  })

  it('tells apart what was planned and ended before the venue took it', () => {
    const target = { ...leg('y', 'cancelled'), venueOrderId: null }
    expect(books([bracket([leg('x'), target])], [order('x')])).toMatchObject({ lost: 0, intents: 2, untaken: 1 })
  })

  it('counts the venue’s own liquidation as nobody’s doubling', () => {
    expect(books([bracket([leg('x')])], [order('x'), order('y', { forced: true })])).toMatchObject({ doubled: 0 })
  })

  it.each([
    ['a follower without an outcome', [], []],
    ['a bracket that did not end', [bracket([leg('x')], 'open')], [order('x')]],
    ['an order that the venue does not have', [bracket([leg('x')])], []],
    ['an order whose fate is unknown', [bracket([leg('x', 'unknown')])], [order('x')]],
    ['an order called rejected that stands', [bracket([leg('x', 'rejected')])], [order('x')]],
  ])('finds %s lost', (_name, brackets, orders) => {
    expect(books(brackets, orders)).toMatchObject({ lost: 1, doubled: 0 })
  })

  it.each([
    ['an order accepted twice', [order('x'), order('x')]],
    ['an order that nobody planned', [order('x'), order('y')]],
  ])('finds %s doubled', (_name, orders) => {
    expect(books([bracket([leg('x')])], orders)).toMatchObject({ lost: 0, doubled: 1 })
  })
})
