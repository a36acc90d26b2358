/**
 * The numbered test card that decides whether an adapter is done. Called by each adapter's int-spec against a paper venue,
 * over real sockets and through the real client library. Must never name one venue: a case reads the capabilities.
 */
import { orderType, type OrderType } from '@tradewire/contracts/events/orders'
import { decimal } from '@tradewire/kernel/decimal'
import type { SubmitCommand } from './approved-order.ts'
import { refusalOf } from './capabilities.ts'
import { accountCases } from './conformance-account.ts'
import { amendCases } from './conformance-amend.ts'
import { faultCases } from './conformance-faults.ts'
import { filterCases } from './conformance-filters.ts'
import { pairCases } from './conformance-pairs.ts'
import {
  can,
  check,
  type ConformanceCase,
  describeError,
  exit,
  expectWorking,
  hold,
  lostReply,
  orderOf,
  ordersInLedger,
  place,
  referenceOf,
} from './conformance-world.ts'

const always = (): boolean => true
const target = { price: '44000' }
/** What an order of each type needs besides its quantity, as an exit. */
const pricesOf: Readonly<Record<OrderType, Partial<SubmitCommand>>> = {
  market: {},
  limit: target,
  'stop-market': { triggerPrice: '38000' },
  'stop-limit': { triggerPrice: '38000', price: '37900' },
  'take-profit-market': { triggerPrice: '44000' },
  'take-profit-limit': { triggerPrice: '44000', price: '43900' },
  'trailing-stop': { callbackRatePercent: '2' },
  'stop-or-target': { triggerPrice: '38000', ...target },
}

const listed: readonly ConformanceCase[] = [
  {
    id: 'TC-01',
    title: 'a market order is filled and carries our client order id',
    needs: can('market'),
    async run(world) {
      const order = orderOf(world, {})
      const placed = await place(world, order)
      check(placed.status === 'filled', `status is ${placed.status}`)
      check(placed.filledQuantity === world.quantity, `filled ${placed.filledQuantity}`)
      check(placed.averagePrice !== null, 'there is no average price')
      check((await ordersInLedger(world, order.clientOrderId)) === 1, 'the ledger does not have exactly one order')
    },
  },
  {
    id: 'TC-02',
    title: 'a limit order away from the market works, is found, listed and cancelled',
    needs: can('limit'),
    async run(world) {
      await expectWorking(world, { purpose: 'target', leg: 'target-1', type: 'limit', price: '44000' })
    },
  },
  {
    id: 'TC-03',
    title: 'a stop-market order works, is found, listed and cancelled',
    needs: can('stop-market'),
    async run(world) {
      await expectWorking(world, { type: 'stop-market', triggerPrice: '38000' })
    },
  },
  {
    id: 'TC-04',
    title: 'a stop-limit order works, is found, listed and cancelled',
    needs: can('stop-limit'),
    async run(world) {
      await expectWorking(world, { type: 'stop-limit', triggerPrice: '38000', price: '37900' })
    },
  },
  {
    id: 'TC-05',
    title: 'a take-profit-market order works, is found, listed and cancelled',
    needs: can('take-profit-market'),
    async run(world) {
      await expectWorking(world, {
        purpose: 'target',
        leg: 'target-1',
        type: 'take-profit-market',
        triggerPrice: '44000',
      })
    },
  },
  {
    id: 'TC-06',
    title: 'a trailing stop works, is found, listed and cancelled',
    needs: (capabilities) => capabilities.trailing && can('trailing-stop')(capabilities),
    async run(world) {
      await expectWorking(world, {
        purpose: 'trailing',
        leg: 'trailing',
        type: 'trailing-stop',
        callbackRatePercent: '2',
      })
    },
  },
  {
    id: 'TC-07',
    title: 'a stop that is reached fills and the fill arrives by the stream under our client order id',
    needs: (capabilities) => capabilities.streams.orders && can('stop-market')(capabilities),
    async run(world) {
      await hold(world)
      const order = orderOf(world, {
        ...exit,
        type: 'stop-market',
        triggerPrice: '38000',
        reduceOnly: world.capabilities.reduceOnly,
      })
      await place(world, order)
      await world.setPrice('37500')
      await world.eventually(
        () =>
          world.events.find(
            (event) =>
              event.kind === 'order' &&
              event.order.clientOrderId === order.clientOrderId &&
              event.order.status === 'filled',
          ),
        `the fill of ${order.clientOrderId} by the stream`,
      )
    },
  },
  {
    id: 'TC-08',
    title: 'a lost reply is an unknown outcome, and the order is found by its client order id',
    needs: always,
    async run(world) {
      const order = orderOf(world, {})
      await world.fault(lostReply)
      const lost = await world.session.submit(order)
      check(!lost.ok && lost.error.kind === 'outcome-unknown', lost.ok ? 'no error' : describeError(lost.error))
      const found = await world.session.findByClientId(referenceOf(order))
      check(found.ok && found.value?.status === 'filled', 'the order is not found')
      check((await ordersInLedger(world, order.clientOrderId)) === 1, 'the ledger does not have exactly one order')
    },
  },
  {
    id: 'TC-09',
    title: 'a rate limit is told as one, and nothing stands',
    needs: always,
    async run(world) {
      const order = orderOf(world, {})
      await world.fault({ kind: 'rate-limit', next: 1 })
      const limited = await world.session.submit(order)
      check(
        !limited.ok && limited.error.kind === 'rate-limited',
        limited.ok ? 'no error' : describeError(limited.error),
      )
      check((await ordersInLedger(world, order.clientOrderId)) === 0, 'the ledger has an order')
    },
  },
  {
    id: 'TC-10',
    title: 'an order that the account cannot pay is rejected for insufficient funds',
    needs: always,
    async run(world) {
      const poor = await world.poorSession()
      const refused = await poor.submit(orderOf(world, {}))
      await poor.close()
      check(!refused.ok && refused.error.kind === 'rejected', refused.ok ? 'no error' : describeError(refused.error))
      check(refused.error.code === 'INSUFFICIENT_FUNDS', `code is ${refused.error.code}`)
    },
  },
  {
    id: 'TC-11',
    title: 'a working order with a used client order id is refused as a duplicate',
    needs: (capabilities) => capabilities.clientId.uniqueness !== 'none',
    async run(world) {
      await hold(world)
      const order = orderOf(world, { purpose: 'target', leg: 'target-1', side: 'sell', type: 'limit', price: '44000' })
      await place(world, order)
      const again = await world.session.submit(order)
      check(!again.ok && again.error.kind === 'rejected', again.ok ? 'it was placed twice' : describeError(again.error))
      check(again.error.code === 'DUPLICATE_CLIENT_ORDER_ID', `code is ${again.error.code}`)
    },
  },
  {
    id: 'TC-12',
    title: 'an order that never was is answered with null',
    needs: always,
    async run(world) {
      const found = await world.session.findByClientId(referenceOf(orderOf(world, {})))
      check(found.ok && found.value === null, 'something was found')
    },
  },
  {
    id: 'TC-13',
    title: 'a cancel of an order that has ended is told as not found',
    needs: always,
    async run(world) {
      const order = orderOf(world, {})
      const placed = await place(world, order)
      const cancelled = await world.session.cancel(referenceOf(order, placed.venueOrderId))
      check(
        !cancelled.ok && cancelled.error.kind === 'rejected',
        cancelled.ok ? 'cancelled' : describeError(cancelled.error),
      )
      check(cancelled.error.code === 'ORDER_NOT_FOUND', `code is ${cancelled.error.code}`)
    },
  },
  {
    id: 'TC-14',
    title: 'a wrong secret is told as failed authentication',
    needs: always,
    async run(world) {
      const stranger = await world.strangerSession()
      const balances = await stranger.balances()
      await stranger.close()
      check(!balances.ok && balances.error.kind === 'auth', balances.ok ? 'no error' : describeError(balances.error))
    },
  },
  {
    id: 'TC-15',
    title: 'balances, positions, instruments and fills are read',
    needs: always,
    async run(world) {
      const order = orderOf(world, {})
      await place(world, order)
      const balances = await world.session.balances()
      check(balances.ok && balances.value.length > 0, 'there are no balances')
      const instruments = await world.session.instruments()
      check(
        instruments.ok && instruments.value.some((each) => each.symbol === world.symbol),
        'the symbol is not listed',
      )
      const fills = await world.session.fillsSince(world.symbol, new Date(0))
      check(
        fills.ok && fills.value.some((each) => each.clientOrderId === order.clientOrderId),
        'the fill is not listed',
      )
      const positions = await world.session.positions()
      check(positions.ok, positions.ok ? '' : describeError(positions.error))
      const rates = await world.session.rates()
      check(rates.ok, rates.ok ? '' : describeError(rates.error))
    },
  },
  {
    id: 'TC-16',
    title: 'every order type that is not declared is refused before the call, and by the adapter itself',
    needs: always,
    async run(world) {
      await hold(world)
      const undeclared = orderType.options.filter((type) => !world.capabilities.orderTypes.includes(type))
      for (const type of undeclared) {
        const order = orderOf(world, { ...exit, type, ...pricesOf[type] })
        check(refusalOf(world.capabilities, order)?.capability === `orderType:${type}`, `${type} was not refused`)
        const refused = await world.session.submit(order)
        check(!refused.ok, `the adapter took a ${type} order`)
        check(refused.error.kind === 'unsupported', describeError(refused.error))
        check((await ordersInLedger(world, order.clientOrderId)) === 0, `a ${type} order stands`)
      }
    },
  },
  {
    id: 'TC-17',
    title: 'what is held is told as a position, and its fill as one that nobody forced',
    needs: always,
    async run(world) {
      const since = new Date(0)
      const order = orderOf(world, {})
      await place(world, order)
      const positions = await world.session.positions()
      check(positions.ok, positions.ok ? '' : describeError(positions.error))
      const held = positions.value.find(({ symbol }) => symbol === world.symbol)
      check(held?.side === 'buy' && decimal(held.quantity).gte(decimal(world.quantity)), 'the position is not told')
      const fills = await world.session.fillsSince(world.symbol, since)
      const fill = fills.ok ? fills.value.find(({ clientOrderId }) => clientOrderId === order.clientOrderId) : undefined
      check(fill?.forced === null && fill.side === 'buy', 'the fill is not told')
    },
  },
  {
    id: 'TC-21',
    title: 'where prices are told: what was last paid for a symbol, and nothing for one that is not listed',
    needs: always,
    async run(world) {
      if (world.session.prices === undefined) return
      await world.setPrice('41000')
      const prices = await world.session.prices([world.symbol, 'NOBODY/USDT'])
      check(prices.ok, prices.ok ? '' : describeError(prices.error))
      const [told, ...others] = prices.value
      check(told?.symbol === world.symbol && others.length === 0, 'another symbol is told')
      // A broker of contracts tells what it pays, which lies a little below.
      const off = decimal(told?.price ?? '0')
        .minus('41000')
        .abs()
      check(off.lt('100'), `${told?.price} is not the price`)
    },
  },
  {
    id: 'TC-30',
    title: 'a take-profit-limit order works, is found, listed and cancelled',
    needs: can('take-profit-limit'),
    async run(world) {
      await expectWorking(world, {
        purpose: 'target',
        leg: 'target-1',
        type: 'take-profit-limit',
        triggerPrice: '44000',
        price: '43900',
      })
    },
  },
  ...amendCases,
  ...pairCases,
  ...accountCases,
  ...filterCases,
  ...faultCases,
]

export const conformanceCases: readonly ConformanceCase[] = listed.toSorted((left, right) =>
  left.id < right.id ? -1 : 1,
)
