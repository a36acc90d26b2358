import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absolute, amount, formatAmount } from '../amount.ts'
import { apply } from './apply.ts'
import type { OrderRequest } from './check-order.ts'
import { coinInstruments } from '../listing/instruments.ts'
import { accountMargin } from '../margin/margin.ts'
import { isFinal, isResting, type OrderType } from '../order.ts'
import { cancelOrder, placeOrder, placeOrderList } from './place-order.ts'
import type { VenueRecord } from '../records.ts'
import { Session } from './session.ts'
import { emptyState, marketOf, type Account, type Market, type VenueState } from '../state.ts'
import { walkTick } from './walk-tick.ts'

/** A venue that keeps its journal in memory and a snapshot of its books as text. */
class Venue {
  readonly state: VenueState = emptyState(coinInstruments)
  readonly journal: VenueRecord[][] = []
  private at = 1_700_000_000_000

  run<Value>(work: (session: Session) => Value): Value {
    this.at += 1_000
    const session = new Session(this.state, this.at)
    const value = work(session)
    this.journal.push(session.records)
    return value
  }

  market(venue: 'binance-spot' | 'binance-usdm'): Market {
    return marketOf(this.state, venue, 'BTC/USDT') as Market
  }

  open(venue: 'binance-spot' | 'binance-usdm', index: number, balances: Record<string, string>): Account {
    const accountId = `account-${String(index)}`
    this.run((session) =>
      session.emit({
        kind: 'account-created',
        accountId,
        venue,
        label: '',
        currency: 'USDT',
        apiKey: accountId,
        secret: 'secret',
        balances: Object.entries(balances).map(([asset, total]) => ({ asset, total: amount(total) })),
        at: 0,
      }),
    )
    return this.state.accounts.get(accountId) as Account
  }
}

function snapshot(state: VenueState): string {
  const accounts = [...state.accounts.values()].map((account) => ({
    id: account.id,
    balances: [...account.balances],
    positions: [...account.positions.values()],
    leverage: [...account.leverage],
    open: [...account.open.keys()],
    orders: account.orders,
    fills: account.fills.map((fill) => ({ ...fill, order: fill.order.id })),
    locks: [...account.locks],
  }))
  const markets = [...state.markets.values()].map(({ price, bid, ask, updatedAt, candles }) => ({
    price,
    bid,
    ask,
    updatedAt,
    candles: candles.list({ intervalMs: 60_000, limit: 9_999 }),
  }))
  return JSON.stringify({ nextId: state.nextId, accounts, markets }, (_key, value: unknown) =>
    typeof value === 'bigint' ? formatAmount(value) : value,
  )
}

const types: readonly OrderType[] = [
  'market',
  'limit',
  'stop-market',
  'stop-limit',
  'take-profit-market',
  'take-profit-limit',
  'trailing-stop-market',
]

/** Mostly small steps; now and then a jump that liquidates. */
const move = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -60, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: -300, max: 300 }) },
)

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      account: fc.nat(3),
      type: fc.constantFrom(...types),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      units: fc.oneof(fc.integer({ min: 3, max: 30 }), fc.integer({ min: 30, max: 400 })),
      offset: fc.integer({ min: -40, max: 40 }),
      triggerOffset: fc.integer({ min: -40, max: 40 }),
      timeInForce: fc.constantFrom('gtc' as const, 'ioc' as const, 'fok' as const, 'post-only' as const),
      reduceOnly: fc.boolean(),
      closePosition: fc.boolean(),
      clientId: fc.nat(30),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('tick' as const), moves: fc.array(move, { minLength: 1, maxLength: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), account: fc.nat(3), pick: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      account: fc.nat(3),
      units: fc.integer({ min: 3, max: 100 }),
      distance: fc.integer({ min: 1, max: 30 }),
    }),
  },
)
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never

const step = amount('10')

function requestOf(given: Extract<Action, { do: 'place' }>, market: Market): OrderRequest {
  const base = market.price - (market.price % step)
  const conditional = given.type !== 'market' && given.type !== 'limit'
  const trailing = given.type === 'trailing-stop-market'
  const closes = given.closePosition && (given.type === 'stop-market' || given.type === 'take-profit-market')
  const spot = market.instrument.kind === 'spot'
  const closePosition = closes && !spot
  return {
    clientOrderId: `id-${String(given.clientId)}`,
    side: given.side,
    type: given.type,
    timeInForce: given.type.endsWith('limit') ? given.timeInForce : 'gtc',
    quantity: closePosition ? undefined : BigInt(given.units) * amount('0.001'),
    price: given.type.endsWith('limit') ? base + BigInt(given.offset) * step : undefined,
    triggerPrice: conditional && !trailing ? base + BigInt(given.triggerOffset) * step : undefined,
    activationPrice: trailing && given.offset > 0 ? base + BigInt(given.triggerOffset) * step : undefined,
    callbackRate: trailing ? amount('0.5') : undefined,
    reduceOnly: given.reduceOnly && !spot && !closePosition,
    closePosition,
  }
}

/** Runs the actions on two spot and two futures accounts. */
function play(actions: readonly Action[], liquidity: string | null): Venue {
  const venue = new Venue()
  const accounts = [
    venue.open('binance-spot', 0, { USDT: '5000', BTC: '0.3' }),
    venue.open('binance-spot', 1, { USDT: '100', BTC: '2' }),
    venue.open('binance-usdm', 2, { USDT: '1000' }),
    venue.open('binance-usdm', 3, { USDT: '20000' }),
  ]
  if (liquidity !== null) {
    for (const name of ['binance-spot', 'binance-usdm'] as const) {
      const settings = { ...venue.market(name).settings, liquidity: amount(liquidity) }
      venue.run((session) => session.emit({ kind: 'market-changed', venue: name, symbol: 'BTC/USDT', settings }))
    }
  }
  let at = 1_640_995_200_000
  for (const given of actions) {
    if (given.do === 'tick') {
      for (const name of ['binance-spot', 'binance-usdm'] as const) {
        venue.run((session) => {
          for (const move of given.moves) {
            const market = venue.market(name)
            at += 7_000
            walkTick(session, market, { at, price: market.price + BigInt(move) * step })
          }
        })
      }
      continue
    }
    const account = accounts[given.account] as Account
    const market = venue.market(account.venue as 'binance-spot' | 'binance-usdm')
    venue.run((session) => {
      if (given.do === 'place') return void placeOrder({ session, account, market }, requestOf(given, market))
      if (given.do === 'cancel') {
        const order = [...account.open.values()][given.pick]
        return order === undefined ? undefined : cancelOrder(session, account, order)
      }
      if (account.venue !== 'binance-spot') return undefined
      const base = market.price - (market.price % step)
      const distance = BigInt(given.distance) * step
      const quantity = BigInt(given.units) * amount('0.001')
      const common = { side: 'sell', quantity } as const
      return void placeOrderList(
        { session, account, market },
        {
          clientOrderId: 'list',
          above: {
            ...common,
            clientOrderId: 'above',
            type: 'limit',
            timeInForce: 'post-only',
            price: base + distance + step,
          },
          below: {
            ...common,
            clientOrderId: 'below',
            type: 'stop-market',
            timeInForce: 'gtc',
            triggerPrice: base - distance,
          },
        },
      )
    })
    check(venue)
  }
  check(venue)
  return venue
}

function check(venue: Venue): void {
  for (const account of venue.state.accounts.values()) {
    const spot = account.venue === 'binance-spot'
    for (const { free, locked } of account.balances.values()) {
      expect(locked >= 0n).toBe(true)
      if (spot) expect(free >= 0n).toBe(true)
    }
    checkLocks(account)
    let position = 0n
    for (const order of account.orders) {
      const fills = account.fills.filter((fill) => fill.order === order)
      expect(fills.reduce((total, fill) => total + fill.quantity, 0n)).toBe(order.filled)
      expect(order.quantity === null || order.filled <= order.quantity).toBe(true)
      expect(account.open.has(order.id)).toBe(!isFinal(order.status))
      if (order.status === 'filled') expect(order.filled).toBe(order.quantity)
    }
    for (const fill of account.fills) {
      const before = position
      position += fill.order.side === 'buy' ? fill.quantity : -fill.quantity
      if (fill.order.reduceOnly || fill.order.closePosition) {
        expect(absolute(position) < absolute(before)).toBe(true)
        expect(position === 0n || position > 0n === before > 0n).toBe(true)
      }
    }
    if (!spot) checkPerpetual(venue, account, position)
  }
}

function checkLocks(account: Account): void {
  const held = new Map<string, bigint>()
  for (const { asset, amount: kept } of account.locks.values()) held.set(asset, (held.get(asset) ?? 0n) + kept)
  for (const [asset, { locked }] of account.balances) expect(locked).toBe(held.get(asset) ?? 0n)
}

function checkPerpetual(venue: Venue, account: Account, position: bigint): void {
  const book = account.positions.get('BTC/USDT')
  expect(book?.quantity ?? 0n).toBe(position)
  const realized = account.fills.reduce((total, fill) => total + fill.realizedPnl - fill.fee, 0n)
  const start = account.id === 'account-2' ? amount('1000') : amount('20000')
  const insured = venue.journal
    .flat()
    .reduce(
      (total, record) => (record.kind === 'insured' && record.accountId === account.id ? total + record.paid : total),
      0n,
    )
  expect(account.balances.get('USDT')?.free).toBe(start + realized + insured)
  let buys = 0n
  for (const order of account.open.values()) {
    if (isResting(order) && order.side === 'buy' && !order.reduceOnly && order.price !== null) {
      buys += ((order.quantity ?? 0n) - order.filled) * order.price
    }
  }
  expect(book?.openBuys ?? 0n).toBe(buys / 100_000_000n)
}

const scripts = fc.array(action, { minLength: 1, maxLength: 120, size: 'max' })
const runs = { numRuns: 100 }

describe('the engine', () => {
  it('keeps balances, locks, positions and fills consistent, whatever is done to it', () => {
    fc.assert(
      fc.property(scripts, fc.constantFrom(null, '0.05'), (actions, liquidity) => void play(actions, liquidity)),
      runs,
    )
  })

  it('rebuilds the very same books from its records', () => {
    fc.assert(
      fc.property(scripts, fc.constantFrom(null, '0.05'), (actions, liquidity) => {
        const live = play(actions, liquidity)
        const replayed = emptyState(coinInstruments)
        for (const record of live.journal.flat()) apply(replayed, record)
        expect(snapshot(replayed)).toBe(snapshot(live.state))
      }),
      runs,
    )
  })

  it('goes on after a replay exactly as if it had never stopped', () => {
    fc.assert(
      fc.property(
        scripts,
        fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 1, maxLength: 20 }),
        (actions, moves) => {
          const live = play(actions, null)
          const replayed = emptyState(coinInstruments)
          for (const record of live.journal.flat()) apply(replayed, record)
          for (const state of [live.state, replayed]) {
            const session = new Session(state, 1_800_000_000_000)
            const market = marketOf(state, 'binance-usdm', 'BTC/USDT') as Market
            moves.forEach((move, index) => {
              walkTick(session, market, { at: 1_700_000_000_000 + index, price: market.price + BigInt(move) * step })
            })
          }
          expect(snapshot(replayed)).toBe(snapshot(live.state))
        },
      ),
      runs,
    )
  })

  it('leaves no account below its maintenance margin after a tick', () => {
    fc.assert(
      fc.property(scripts, (actions) => {
        const venue = play(actions, null)
        const market = venue.market('binance-usdm')
        venue.run((session) => walkTick(session, market, { at: 1_700_000_000_000, price: market.price - step }))
        for (const account of venue.state.accounts.values()) {
          if (account.venue === 'binance-spot') continue
          const margin = accountMargin(venue.state, account)
          expect(margin.marginBalance >= margin.maintenanceMargin).toBe(true)
        }
      }),
      runs,
    )
  })
})
