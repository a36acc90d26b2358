/**
 * The cases of the test card about an account rather than its orders: its key, leverage, balances, fees, times. Called by the card.
 * Must never let a fact of a key pass that the venue has not told.
 */
import { keyUntold } from './broker-session.ts'
import {
  check,
  type ConformanceCase,
  type ConformanceWorld,
  describeError,
  hold,
  orderOf,
  place,
  referenceOf,
} from './conformance-world.ts'

const always = (): boolean => true
const leverage = 5
const farFuture = new Date('2096-01-15T08:00:00.000Z')
const factsSet = { mayWithdraw: true, ipBound: true, expiresAt: farFuture } as const
const rules = { ...factsSet, expiresAt: farFuture.toISOString() } as const

export const accountCases: readonly ConformanceCase[] = [
  {
    id: 'TC-32',
    title: 'what the venue tells of a key is told: withdrawal, addresses, its end; and nothing that it does not tell',
    needs: always,
    async run(world) {
      const { keyTold } = world.capabilities
      for (const fact of keyTold) await world.changeKey({ [fact]: rules[fact] })
      const told = await world.session.keyFacts()
      check(told.ok, told.ok ? '' : describeError(told.error))
      for (const fact of ['mayWithdraw', 'ipBound', 'expiresAt'] as const) {
        const wanted = keyTold.includes(fact) ? factsSet[fact] : keyUntold[fact]
        check(String(told.value[fact]) === String(wanted), `${fact} is told as ${String(told.value[fact])}`)
      }
    },
  },
  {
    id: 'TC-33',
    title: 'leverage is set again and again where it is declared, and refused as unsupported where it is not',
    needs: always,
    async run(world) {
      for (let times = 0; times < 2; times += 1) {
        const set = await world.session.setLeverage(world.symbol, leverage)
        if (world.capabilities.leverage === null) {
          check(!set.ok && set.error.kind === 'unsupported', set.ok ? 'it was set' : describeError(set.error))
        } else {
          check(set.ok, set.ok ? '' : describeError(set.error))
        }
      }
    },
  },
  {
    id: 'TC-34',
    title: 'a balance that changes is told by the stream',
    needs: ({ streams }) => streams.balances,
    async run(world) {
      const heard = world.events.length
      await hold(world)
      await world.eventually(
        () => world.events.slice(heard).find(({ kind }) => kind === 'balance'),
        'the news of the balance',
      )
    },
  },
  {
    id: 'TC-35',
    title: 'the fee of an order is told with the reply where that is declared, and with its fills everywhere',
    needs: always,
    async run(world) {
      const { placed, fills } = await filledOrder(world)
      if (world.capabilities.feeInReply) check(placed.fee !== null, 'the reply tells no fee')
      check(fills.length > 0 && fills.every(({ feeCurrency }) => feeCurrency !== null), 'the fills tell no fee')
    },
  },
  {
    id: 'TC-41',
    title: 'an order that is filled tells when it was, by UTC, and its fills tell the same',
    needs: always,
    async run(world) {
      const { found, fills } = await filledOrder(world)
      const ledger = await world.ledger()
      const booked = ledger.fills.map(({ at }) => new Date(at).toISOString()).toSorted()
      const filled = fills.map(({ at }) => at.toISOString()).toSorted()
      const executed = found?.executedAt?.toISOString()
      check(executed !== undefined, 'the order tells no time')
      check(executed === filled.at(-1), `the order says ${executed}, its fills ${filled.join(', ')}`)
      check(executed === booked.at(-1), `the order says ${executed}, the venue's own books ${booked.at(-1)}`)
    },
  },
]

/** An order at the market: as it was answered, as it is found afterwards, and its fills. */
async function filledOrder(world: ConformanceWorld) {
  const order = orderOf(world, {})
  const placed = await place(world, order)
  const found = await world.session.findByClientId(referenceOf(order, placed.venueOrderId))
  check(found.ok, found.ok ? '' : describeError(found.error))
  const all = await world.session.fillsSince(world.symbol, new Date(0))
  check(all.ok, all.ok ? '' : describeError(all.error))
  const fills = all.value.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId)
  return { placed, found: found.value, fills }
}
