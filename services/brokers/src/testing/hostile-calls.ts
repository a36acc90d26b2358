/**
 * Every call of a session against replies that make no sense, and what must hold whatever comes. Called by the hostile specs.
 * Must never know a venue: what a session promises is the same for all.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import { rejectionCodes } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, OrderReference, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { expect } from 'vitest'

const statuses = ['working', 'filled', 'cancelled', 'expired', 'rejected']
const amount = /^\d+(\.\d+)?$/
/** What a placement may end in: unknown, or with a code. That it never left may be proved by the venue itself. */
const placementKinds = ['outcome-unknown', 'rejected', 'rate-limited', 'auth', 'not-sent', 'unsupported']

export interface HostileCall {
  readonly session: BrokerSession
  readonly orders: readonly ApprovedOrder[]
  readonly symbol: string
  /** From when on fills are asked for. */
  readonly since: Date
}

function expectSane(order: VenueOrder): void {
  expect(statuses).toContain(order.status)
  expect(order.filledQuantity).toMatch(amount)
  if (order.averagePrice !== null) expect(order.averagePrice).toMatch(amount)
  expect(typeof order.clientOrderId).toBe('string')
}

/** One of all calls, by number. */
export async function callHostile({ session, orders, symbol, since }: HostileCall, which: number): Promise<void> {
  const order = orders[which % orders.length]!
  const { clientOrderId, type } = order
  const reference: OrderReference = { clientOrderId, venueOrderId: which % 3 === 0 ? '7' : null, symbol, type }
  const reads = [
    () => session.openOrders(),
    () => session.positions(),
    () => session.balances(),
    () => session.fillsSince(symbol, since),
    () => session.keyFacts(),
    () => session.settingsProblem?.(),
    () => session.prices?.([symbol]),
    () => session.rates(),
  ]
  // Placements are tried most: they are what must never be misread.
  const call = which % (reads.length * 2 + 4)
  if (call < reads.length) {
    const read = await reads[call]!()
    if (read !== undefined && !read.ok)
      expect(['connectivity', 'rejected', 'rate-limited', 'auth']).toContain(read.error.kind)
    return
  }
  if (call < reads.length + 2) {
    const found = await session.findByClientId(reference)
    if (found.ok && found.value !== null) expectSane(found.value)
    return
  }
  if (call < reads.length + 4) {
    const ended = await session.cancel(reference)
    if (ended.ok) expectSane(ended.value)
    return
  }
  const placed = await session.submit(order)
  if (placed.ok) return expectSane(placed.value)
  expect(placementKinds).toContain(placed.error.kind)
  if (placed.error.kind === 'rejected') expect(rejectionCodes).toContain(placed.error.code)
}
