/**
 * The cases of the test card about what goes wrong at a venue and on the way to it. Called by the card.
 * Must never accept a guess: what the venue did is read from its own ledger.
 */
import { decimal } from '@tradewire/kernel/decimal'
import type { VenueOrder } from './broker-session.ts'
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
import type { ApprovedOrder } from './approved-order.ts'

const always = (): boolean => true
const hiddenMs = 700

/** What the venue's own ledger says was filled of an order of ours. */
async function filledInLedger(world: ConformanceWorld, { clientOrderId }: ApprovedOrder): Promise<string> {
  const { orders } = await world.ledger()
  return orders.find((order) => order.clientOrderId === clientOrderId)?.filledQuantity ?? '0'
}

async function expectToldExactly(world: ConformanceWorld, order: ApprovedOrder, told: VenueOrder): Promise<void> {
  const filled = decimal(await filledInLedger(world, order))
  check(decimal(told.filledQuantity).eq(filled), `${told.filledQuantity} is told, ${filled.toString()} was filled`)
  check((told.status === 'filled') === filled.eq(decimal(order.quantity)), `${told.status} is told`)
}

const refusedCases: readonly ConformanceCase[] = [
  {
    id: 'TC-24',
    title: 'a key that is revoked while the session stands is told as failed authentication, and nothing is placed',
    needs: always,
    breaksSession: true,
    async run(world) {
      await world.revokeKey()
      await world.eventually(async () => {
        const balances = await world.session.balances()
        return !balances.ok && balances.error.kind === 'auth'
      }, 'the refusal of the key')
      const order = orderOf(world, {})
      const refused = await world.session.submit(order)
      check(!refused.ok, 'it was taken')
      check(refused.error.kind === 'auth' || refused.error.kind === 'not-sent', describeError(refused.error))
      check((await ordersInLedger(world, order.clientOrderId)) === 0, 'the ledger has an order')
    },
  },
]

const replyCases: readonly ConformanceCase[] = [
  {
    id: 'TC-25',
    title: 'an error after the order was taken is an unknown outcome, and the order is found, once',
    needs: always,
    async run(world) {
      const order = orderOf(world, {})
      await world.fault({ kind: 'error-after-accept', next: 1 })
      const lost = await world.session.submit(order)
      check(!lost.ok && lost.error.kind === 'outcome-unknown', lost.ok ? 'no error' : describeError(lost.error))
      check((await found(world, order)).status === 'filled', 'it is not found as filled')
      check((await ordersInLedger(world, order.clientOrderId)) === 1, 'the ledger does not have exactly one order')
    },
  },
  {
    id: 'TC-26',
    title: 'an order that stays invisible for a while is not proof of absence, and is found afterwards',
    needs: always,
    async run(world) {
      const order = orderOf(world, {})
      await world.fault({ kind: 'delay-visibility', milliseconds: hiddenMs, next: 1 })
      await world.fault(lostReply)
      const lost = await world.session.submit(order)
      check(!lost.ok && lost.error.kind === 'outcome-unknown', lost.ok ? 'no error' : describeError(lost.error))
      const early = await world.session.findByClientId(referenceOf(order))
      check(early.ok, early.ok ? '' : describeError(early.error))
      check((await found(world, order)).filledQuantity === world.quantity, 'it is not found as filled')
      check((await ordersInLedger(world, order.clientOrderId)) === 1, 'the ledger does not have exactly one order')
    },
  },
  {
    id: 'TC-27',
    title: 'a market order that is filled in part is told with exactly what was filled',
    needs: always,
    async run(world) {
      await world.fault({ kind: 'partial-fill', fraction: '0.5', next: 1 })
      const order = orderOf(world, {})
      await expectToldExactly(world, order, await place(world, order))
      await expectToldExactly(world, order, await found(world, order))
    },
  },
  {
    id: 'TC-28',
    title:
      'a limit order that is filled in part keeps what was filled when its rest is cancelled, where the venue takes one',
    needs: can('limit'),
    async run(world) {
      await world.fault({ kind: 'partial-fill', fraction: '0.5', next: 1 })
      const order = orderOf(world, { type: 'limit', price: '40100' })
      const submitted = await world.session.submit(order)
      if (!submitted.ok) {
        check(submitted.error.kind === 'rejected', describeError(submitted.error))
        check(
          submitted.error.code === 'INVALID_PRICE',
          'a limit that the market has reached is refused for another reason',
        )
        return
      }
      // An answer may tell less than what was filled by then, never that all is over.
      const { value: placed } = submitted
      check(placed.status === 'working', `status is ${placed.status}`)
      const ended = await world.session.cancel(referenceOf(order, placed.venueOrderId))
      check(ended.ok && ended.value.status === 'cancelled', 'its rest cannot be cancelled')
      await expectToldExactly(world, order, ended.value)
      await expectToldExactly(world, order, await found(world, order))
    },
  },
]

const streamCases: readonly ConformanceCase[] = [
  {
    id: 'TC-29',
    title: 'a stream that is cut is told, comes back by itself and tells news again',
    needs: (capabilities) => capabilities.streams.orders && can('stop-market')(capabilities),
    async run(world) {
      await hold(world)
      const stop = { ...exit, type: 'stop-market', triggerPrice: '38000' } as const
      const order = orderOf(world, { ...stop, reduceOnly: world.capabilities.reduceOnly })
      await place(world, order)
      const heard = world.events.length
      const after = (kind: string) => world.events.slice(heard).some((event) => event.kind === kind)
      // Where news come by asking, it is the asking that fails.
      await world.fault({ kind: 'disconnect-streams', next: 1 })
      await world.fault({ kind: 'reject', operation: 'read' })
      await world.eventually(() => after('stream-down') || undefined, 'the news that the stream is down')
      await world.clearFaults()
      await world.eventually(() => after('stream-up') || undefined, 'the stream that is up again')
      await world.setPrice('37500')
      await world.eventually(
        () =>
          world.events.find(
            (event) =>
              event.kind === 'order' &&
              event.order.clientOrderId === order.clientOrderId &&
              event.order.status === 'filled',
          ),
        `the fill of ${order.clientOrderId} by the new stream`,
      )
    },
  },
]

export const faultCases: readonly ConformanceCase[] = [...refusedCases, ...replyCases, ...streamCases]
