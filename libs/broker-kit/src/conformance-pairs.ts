/**
 * The cases of the test card about a stop and a target in one order. Called by the card.
 * Must never look at the halves: to us they are one order.
 */
import {
  can,
  check,
  type ConformanceCase,
  conformancePrice,
  describeError,
  exit,
  expectWorking,
  hold,
  lostReply,
  orderOf,
  place,
  referenceOf,
} from './conformance-world.ts'

export const pairCases: readonly ConformanceCase[] = [
  {
    id: 'TC-18',
    title: 'a stop and a target as one order work, are found, listed and cancelled as one',
    needs: can('stop-or-target'),
    async run(world) {
      await expectWorking(world, { type: 'stop-or-target', triggerPrice: '38000', price: '44000' })
      const open = await world.session.openOrders()
      check(open.ok && open.value.length === 0, 'a half of it is left')
    },
  },
  {
    id: 'TC-19',
    title: 'of a stop and a target what is reached fills, the other ends, and the stream tells it as one order',
    needs: (capabilities) => capabilities.streams.orders && can('stop-or-target')(capabilities),
    async run(world) {
      for (const reached of ['37900', '44100']) {
        await world.setPrice(conformancePrice)
        await hold(world)
        const order = orderOf(world, { ...exit, type: 'stop-or-target', triggerPrice: '38000', price: '44000' })
        const placed = await place(world, order)
        await world.setPrice(reached)
        const told = () =>
          world.events.find(
            (event) =>
              event.kind === 'order' &&
              event.order.clientOrderId === order.clientOrderId &&
              event.order.status === 'filled' &&
              event.order.filledQuantity === world.quantity,
          )
        await world.eventually(told, `the fill of ${order.clientOrderId} at ${reached} by the stream`)
        const found = await world.session.findByClientId(referenceOf(order, placed.venueOrderId))
        check(found.ok && found.value?.status === 'filled', 'it is not found as filled')
        const fills = await world.session.fillsSince(world.symbol, new Date(0))
        const named = fills.ok && fills.value.some(({ clientOrderId }) => clientOrderId === order.clientOrderId)
        check(named, 'its fill is not listed under its id')
        const open = await world.session.openOrders()
        check(open.ok && open.value.length === 0, 'a half of it is left')
      }
    },
  },
  {
    id: 'TC-20',
    title: 'a stop and a target whose reply is lost are found by their client order id, once',
    needs: can('stop-or-target'),
    async run(world) {
      await hold(world)
      const order = orderOf(world, { ...exit, type: 'stop-or-target', triggerPrice: '38000', price: '44000' })
      await world.fault(lostReply)
      const lost = await world.session.submit(order)
      check(!lost.ok && lost.error.kind === 'outcome-unknown', lost.ok ? 'no error' : describeError(lost.error))
      const found = await world.session.findByClientId(referenceOf(order))
      check(found.ok && found.value?.status === 'working', 'it is not found')
      const again = await world.session.submit(order)
      // A venue either refuses a used id or answers with the order that has it.
      const same = again.ok && again.value.venueOrderId === found.value.venueOrderId
      check(same || (!again.ok && again.error.kind === 'rejected'), 'it was placed twice')
      check((await world.session.cancel(referenceOf(order))).ok, 'it cannot be cancelled')
      const ended = await world.session.findByClientId(referenceOf(order))
      check(ended.ok && ended.value?.status === 'cancelled', 'its end is not found')
    },
  },
]
