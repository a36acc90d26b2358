/**
 * The cases of the test card about an order that shall be another: it is never changed in place, a new one takes its place.
 * Called by the card. Must never let the old order end before the new one is proven, except where it locks the coins.
 */
import { decimal } from '@tradewire/kernel/decimal'
import type { ApprovedOrder } from './approved-order.ts'
import {
  can,
  check,
  type ConformanceCase,
  type ConformanceWorld,
  describeError,
  exit,
  found,
  hold,
  lostReply,
  orderOf,
  ordersInLedger,
  place,
  referenceOf,
} from './conformance-world.ts'

const resting = { type: 'limit', price: '36000' } as const
const elsewhere = { type: 'limit', price: '36500' } as const

function half({ quantity }: ConformanceWorld): string {
  return decimal(quantity).div('2').toString()
}

async function cancelOf(world: ConformanceWorld, order: ApprovedOrder, venueOrderId: string | null): Promise<void> {
  const cancelled = await world.session.cancel(referenceOf(order, venueOrderId))
  check(cancelled.ok, cancelled.ok ? '' : describeError(cancelled.error))
  check(cancelled.value.status === 'cancelled', `the old order is ${cancelled.value.status}`)
}

async function expectOpen(world: ConformanceWorld, ...orders: readonly ApprovedOrder[]): Promise<void> {
  const open = await world.session.openOrders()
  check(open.ok, open.ok ? '' : describeError(open.error))
  const ids = open.value.map(({ clientOrderId }) => clientOrderId).toSorted()
  const wanted = orders.map(({ clientOrderId }) => clientOrderId).toSorted()
  check(ids.join() === wanted.join(), `open are ${ids.join(', ')}`)
}

export const amendCases: readonly ConformanceCase[] = [
  {
    id: 'TC-31',
    title:
      'an order is amended by replacing it: at another price and quantity the new one works before the old one ends',
    needs: can('limit'),
    async run(world) {
      const before = orderOf(world, { ...resting, quantity: half(world) })
      const placed = await place(world, before)
      const after = orderOf(world, elsewhere)
      check((await place(world, after)).status === 'working', 'the new order does not work')
      await expectOpen(world, before, after)
      await cancelOf(world, before, placed.venueOrderId)
      await expectOpen(world, after)
    },
  },
  {
    id: 'TC-36',
    title: 'an order is amended though the reply of the new one is lost: that is found, once, before the old one ends',
    needs: can('limit'),
    async run(world) {
      const before = orderOf(world, { ...resting, quantity: half(world) })
      const placed = await place(world, before)
      const after = orderOf(world, elsewhere)
      await world.fault(lostReply)
      const lost = await world.session.submit(after)
      check(!lost.ok && lost.error.kind === 'outcome-unknown', lost.ok ? 'no error' : describeError(lost.error))
      check((await found(world, after)).status === 'working', 'the new order is not found as working')
      await expectOpen(world, before, after)
      await cancelOf(world, before, placed.venueOrderId)
      await expectOpen(world, after)
      check((await ordersInLedger(world, after.clientOrderId)) === 1, 'the ledger does not have exactly one order')
    },
  },
  {
    id: 'TC-37',
    title:
      'a stop is amended by replacing it: the new one stands before the old one ends, except where it locks the coins',
    needs: can('stop-market'),
    async run(world) {
      const { positions, reduceOnly } = world.capabilities
      await hold(world)
      const stop = { ...exit, type: 'stop-market', reduceOnly } as const
      const before = orderOf(world, { ...stop, triggerPrice: '38000' })
      const after = orderOf(world, { ...stop, triggerPrice: '39000' })
      const placed = await place(world, before)
      if (positions === 'coins') await cancelOf(world, before, placed.venueOrderId)
      check((await place(world, after)).status === 'working', 'the new stop does not work')
      if (positions !== 'coins') await endOf(world, before, placed.venueOrderId)
      await expectOpen(world, after)
      await cancelOf(world, after, null)
    },
  },
]

/** Where stops are levels of positions the new one has taken the place of the old one already: that has gone. */
async function endOf(world: ConformanceWorld, order: ApprovedOrder, venueOrderId: string | null): Promise<void> {
  const ended = await world.session.cancel(referenceOf(order, venueOrderId))
  const gone = !ended.ok && ended.error.kind === 'rejected' && ended.error.code === 'ORDER_NOT_FOUND'
  check(gone || (ended.ok && ended.value.status === 'cancelled'), ended.ok ? 'it stands' : describeError(ended.error))
}
