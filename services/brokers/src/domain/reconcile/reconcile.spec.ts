import type { VenueFill, VenueOrder, VenuePosition } from '@tradewire/broker-kit/broker-session'
import { base36OfUuid } from '@tradewire/broker-kit/client-order-id'
import { orderSubmit, type OrderPurpose } from '@tradewire/contracts/events/orders'
import { type Decimal, decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientIdRule } from '#testing/client-ids'
import { type Attempt, type AttemptState, newAttempt } from '../attempt/attempt.ts'
import { netOf } from './holding.ts'
import { type Belief, fillsFrom, type Outcome, reconcile, readsWanted, type View } from './reconcile.ts'

const lagMs = clientIdRule.readLagMs
const startMs = Date.parse('2026-01-01T00:00:00.000Z')
const command = orderSubmit.data.parse({ ...orderSubmit.example, venue: 'paper' })

function intentOf(number: number): string {
  return `01963a5e-0000-8000-a000-${String(number).padStart(12, '0')}`
}

function attemptOf(number: number, purpose: OrderPurpose, state: AttemptState = 'filled'): Attempt {
  const intentId = intentOf(number)
  const at = new Date(startMs)
  return {
    ...newAttempt({
      command: { ...command, intentId, purpose, quantity: '9' },
      clientOrderId: base36OfUuid(intentId),
      partition: 0,
      receivedAt: at,
    }),
    state,
    revision: 1,
    submissions: 1,
    venueOrderId: `v${number}`,
    filledQuantity: '9',
    averagePrice: '40000',
    fee: '1',
    feeCurrency: 'USDT',
    sentAt: at,
    answeredAt: at,
  }
}

type Move = { readonly who: 'entry' | 'stop' | 'other' | 'liquidation'; readonly quantity: number }

/** A venue account that trades by the moves it is given, and a reconciler that looks at it. */
class World {
  readonly fills: VenueFill[] = []
  readonly losses: Outcome['losses'][number][] = []
  openOrders: VenueOrder[] = []
  attempts = new Map<string, Attempt>()
  belief: Pick<Belief, 'holdings' | 'firstReadAt' | 'sightings' | 'touched'> = {
    holdings: new Map(),
    firstReadAt: null,
    sightings: new Map(),
    touched: new Set(),
  }
  last: Outcome | undefined
  /** Fills that positions show and lists do not yet. */
  hidden = 0
  /** So long after each trade, in its order, the list of fills and the positions show it. */
  readonly late: { readonly fillMs: number; readonly positionMs: number }[] = []
  nowMs = startMs

  get net(): Decimal {
    return netOfFills(this.fills)
  }

  /** The venue is behind with the last of them: it shows none before an older one. */
  private shown(where: 'fillMs' | 'positionMs'): readonly VenueFill[] {
    const lateMs = (index: number): number => this.late[index]?.[where] ?? 0
    const first = this.fills.findIndex(({ at }, index) => this.nowMs - at.getTime() < lateMs(index))
    return first < 0 ? this.fills : this.fills.slice(0, first)
  }

  /** Without what the positions do not show yet. */
  private get shownNet(): Decimal {
    return netOfFills(this.shown('positionMs'))
  }

  get own(): Decimal {
    return this.belief.holdings.get(command.symbol)?.own ?? ZERO
  }

  trade({ who, quantity }: Move): void {
    const number = this.fills.length + 1
    this.nowMs += 10
    const ours = who === 'entry' || who === 'stop'
    if (ours) {
      this.attempts.set(intentOf(number), attemptOf(number, who))
      this.belief = { ...this.belief, touched: new Set([command.symbol]) }
    }
    const side = who === 'entry' ? 'buy' : who === 'stop' ? 'sell' : quantity < 0 ? 'sell' : 'buy'
    this.fills.push({
      tradeId: String(number),
      venueOrderId: `v${number}`,
      clientOrderId: ours ? base36OfUuid(intentOf(number)) : 'web_1',
      symbol: command.symbol,
      side,
      quantity: String(Math.abs(quantity)),
      price: '40000',
      fee: '1',
      feeCurrency: 'USDT',
      forced: who === 'liquidation' ? 'liquidation' : null,
      at: new Date(this.nowMs),
    })
  }

  /** One pass, so much later, with everything that the venue tells in this order. */
  pass(afterMs = lagMs, shuffle: <Item>(items: readonly Item[]) => Item[] = (items) => [...items]): Outcome {
    this.nowMs += afterMs
    const net = this.shownNet
    const positions: VenuePosition[] = net.eq(ZERO)
      ? []
      : [
          {
            symbol: command.symbol,
            side: net.gt(ZERO) ? 'buy' : 'sell',
            quantity: net.abs().toString(),
            entryPrice: null,
            unrealizedPnl: '0',
          },
        ]
    const belief: Belief = { ...this.belief, clientIdRule, coins: false, attempts: this.attempts }
    const readAt = new Date(this.nowMs)
    const wanted = readsWanted(belief, { openOrders: this.openOrders, positions, readAt })
    const shown = this.shown('fillMs').slice(0, this.fills.length - this.hidden)
    const view: View = {
      readAt,
      openOrders: shuffle(this.openOrders),
      positions,
      fills: new Map(
        wanted.symbols.map((symbol) => {
          const from = fillsFrom(belief, symbol, lagMs)
          return [symbol, shuffle(shown.filter(({ at }) => at >= from))]
        }),
      ),
      absent: new Set(wanted.orders.map(({ command: { intentId } }) => intentId)),
    }
    const outcome = reconcile(belief, view, { nowMs: this.nowMs, lagMs })
    this.last = outcome
    this.losses.push(...outcome.losses)
    this.belief = {
      holdings: new Map([...this.belief.holdings, ...outcome.holdings.map((each) => [each.symbol, each] as const)]),
      firstReadAt: this.belief.firstReadAt ?? readAt,
      sightings: outcome.sightings,
      touched: outcome.doubted,
    }
    return outcome
  }

  settle(): void {
    for (let pass = 0; pass < 3; pass += 1) this.pass()
  }
}

function netOfFills(fills: readonly VenueFill[]): Decimal {
  return sum(fills.map(({ side, quantity }) => (side === 'buy' ? decimal(quantity) : ZERO.minus(quantity))))
}

function openOf(clientOrderId: string, venueOrderId: string): VenueOrder {
  return {
    clientOrderId,
    venueOrderId,
    symbol: command.symbol,
    status: 'working',
    filledQuantity: '0',
    averagePrice: null,
    fee: '0',
    feeCurrency: null,
    executedAt: null,
    message: null,
  }
}

function kindsOf(outcome: Outcome | undefined): string[] {
  return [...(outcome?.standing ?? []), ...(outcome?.passed ?? [])].map(({ kind }) => kind)
}

function started(): World {
  const world = new World()
  world.pass(0)
  return world
}

describe('reconciling positions', () => {
  it('calls external what stood there before the first pass', () => {
    const world = new World()
    world.trade({ who: 'other', quantity: 2 })
    world.pass(0)
    world.settle()
    expect(world.own.toString()).toBe('0')
    expect(kindsOf(world.last)).toEqual(['external-position'])
    expect(world.losses).toEqual([])
  })

  it('tells of a close by hand only when a second look a read lag later says the same', () => {
    const world = started()
    world.trade({ who: 'entry', quantity: 1 })
    world.pass()
    world.trade({ who: 'other', quantity: -1 })
    world.pass()
    expect(world.losses).toEqual([])
    world.pass(lagMs / 2)
    expect(world.losses).toEqual([])
    world.pass(lagMs / 2)
    expect(world.losses).toMatchObject([{ symbol: 'BTC/USDT', loss: { side: 'buy', reason: 'manual' } }])
    expect(`${world.losses[0]?.loss.quantity} ${world.losses[0]?.held} ${world.losses[0]?.loss.price}`).toBe(
      '1 0 40000',
    )
    expect(kindsOf(world.last)).toEqual(['external-trade', 'position-lost'])
  })

  it('does not take two reads in the middle of two trades of ours for one and the same loss', () => {
    const world = started()
    world.trade({ who: 'entry', quantity: 1 })
    world.pass()
    world.trade({ who: 'stop', quantity: 1 })
    world.hidden = 1
    world.pass()
    world.trade({ who: 'entry', quantity: 1 })
    world.trade({ who: 'stop', quantity: 1 })
    world.pass()
    expect(world.losses).toEqual([])
  })

  it('does not take a position that is behind its trade, and trades that are behind it later, for one loss', () => {
    const world = started()
    world.late.push({ fillMs: 0, positionMs: lagMs }, { fillMs: lagMs, positionMs: 0 })
    world.trade({ who: 'entry', quantity: 1 })
    world.pass(0)
    world.pass(lagMs - 20)
    world.trade({ who: 'stop', quantity: 1 })
    world.pass(10)
    world.settle()
    expect(world.losses).toEqual([])
  })

  it('tells a liquidation from a close by hand', () => {
    const world = started()
    world.trade({ who: 'entry', quantity: 3 })
    world.trade({ who: 'other', quantity: -1 })
    world.trade({ who: 'liquidation', quantity: -2 })
    world.settle()
    expect(world.losses.map(({ loss, held }) => `${loss.reason} ${loss.quantity} of which ${held} stays`)).toEqual([
      'manual 1 of which 2 stays',
      'liquidation 2 of which 0 stays',
    ])
  })

  it('believes somebody who trades by hand all the time at last', () => {
    const world = started()
    world.trade({ who: 'entry', quantity: 5 })
    world.pass()
    for (let pass = 0; pass < 8; pass += 1) {
      world.trade({ who: 'other', quantity: pass % 2 === 0 ? -2 : 1 })
      world.pass()
    }
    expect(world.losses.length).toBeGreaterThan(0)
  })

  it('takes nothing for lost while the venue is behind with its trades', () => {
    const world = started()
    world.trade({ who: 'entry', quantity: 1 })
    world.hidden = 1
    world.pass()
    world.pass(lagMs / 2)
    world.hidden = 0
    world.pass(lagMs / 2)
    expect(world.own.toString()).toBe('1')
    expect(kindsOf(world.last)).toEqual([])
  })
})

const moves = fc.array(
  fc.oneof(
    fc.record({ who: fc.constantFrom('entry' as const, 'stop' as const), quantity: fc.integer({ min: 1, max: 9 }) }),
    fc.record({
      who: fc.constantFrom('other' as const, 'liquidation' as const),
      quantity: fc.integer({ min: -9, max: 9 }).filter((quantity) => quantity !== 0),
    }),
    fc.constant('pass' as const),
  ),
  { maxLength: 20 },
)

function play(history: readonly (Move | 'pass')[], shuffle?: <Item>(items: readonly Item[]) => Item[]): World {
  const world = started()
  for (const move of history) {
    if (move === 'pass') world.pass(lagMs, shuffle)
    else world.trade(move)
  }
  world.settle()
  return world
}

describe('reconciling any history', () => {
  it('converges: what is ours and what is not add up to what the venue shows, and a further pass finds nothing', () => {
    fc.assert(
      fc.property(moves, (history) => {
        const world = play(history)
        const holding = world.belief.holdings.get(command.symbol)
        expect(holding === undefined ? '0' : netOf(holding).toString()).toBe(world.net.toString())
        const further = world.pass()
        expect([further.losses, further.passed, further.holdings, further.sightings.size]).toEqual([[], [], [], 0])
      }),
    )
  })

  it('does not depend on the order in which the venue lists things', () => {
    fc.assert(
      fc.property(moves, (history) => {
        const backwards = <Item>(items: readonly Item[]): Item[] => items.toReversed()
        const [one, other] = [play(history), play(history, backwards)]
        expect(other.belief.holdings).toEqual(one.belief.holdings)
        expect(other.losses).toEqual(one.losses)
      }),
    )
  })

  it('loses nothing of ours without a trade of others, and never more than our entries bought', () => {
    fc.assert(
      fc.property(moves, (history) => {
        const world = play(history)
        const lost = sum(world.losses.map(({ loss }) => loss.quantity))
        const bought = sum(
          history.map((move) => (move !== 'pass' && move.who === 'entry' ? decimal(`${move.quantity}`) : ZERO)),
        )
        expect(lost.lte(bought)).toBe(true)
        const alone = history.every((move) => move === 'pass' || move.who === 'entry' || move.who === 'stop')
        if (alone) expect(world.losses).toEqual([])
      }),
    )
  })
})

const anyLag = fc.integer({ min: 0, max: lagMs })
const ownSteps = fc.array(
  fc.record({
    pauseMs: fc.integer({ min: 0, max: 2 * lagMs }),
    trade: fc.option(
      fc.record({
        who: fc.constantFrom('entry' as const, 'stop' as const),
        quantity: fc.integer({ min: 1, max: 2 }),
        late: fc.record({ fillMs: anyLag, positionMs: anyLag }),
      }),
    ),
  }),
  { maxLength: 40, size: 'max' },
)

describe('reconciling while only our orders trade', () => {
  it('loses nothing, however late within the read lag the venue shows fills here and positions there', () => {
    fc.assert(
      fc.property(ownSteps, (steps) => {
        const world = started()
        for (const { pauseMs, trade } of steps) {
          if (trade === null) world.pass(pauseMs)
          else if (trade.who === 'entry' || world.net.gte(`${trade.quantity}`)) {
            world.nowMs += pauseMs
            world.late.push(trade.late)
            world.trade(trade)
          }
        }
        world.settle()
        world.settle()
        expect(world.losses).toEqual([])
        expect(world.own.toString()).toBe(world.net.toString())
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('reconciling orders', () => {
  it('records an order of others after a second look and gives no advice about it', () => {
    const world = started()
    world.openOrders = [openOf('web_77', '77'), openOf(base36OfUuid(intentOf(500)), '78')]
    expect(kindsOf(world.pass())).toEqual([])
    const outcome = world.pass()
    expect(kindsOf(outcome)).toEqual(['external-order', 'external-order'])
    expect([outcome.evidence, outcome.behind, outcome.vanished]).toEqual([[], [], []])
    world.openOrders = []
    expect(kindsOf(world.pass())).toEqual([])
  })

  it('hands on what the venue lists of an open order of ours', () => {
    const world = started()
    const attempt = attemptOf(1, 'stop', 'accepted')
    world.attempts.set(intentOf(1), attempt)
    world.openOrders = [openOf(attempt.clientOrderId, 'v1')]
    expect(world.pass().evidence).toMatchObject([{ intentId: intentOf(1), order: { status: 'working' } }])
  })

  it('gives an accepted order up only when the venue has not known it for its read lag', () => {
    const world = started()
    world.attempts.set(intentOf(1), attemptOf(1, 'stop', 'accepted'))
    expect(world.pass().vanished).toEqual([])
    expect(world.pass(lagMs / 2).vanished).toEqual([])
    expect(world.pass(lagMs / 2).vanished).toEqual([intentOf(1)])
  })

  it('says when an order works that has ended in our books, and does not touch it', () => {
    const world = started()
    const attempt = attemptOf(1, 'target', 'cancelled')
    world.attempts.set(intentOf(1), attempt)
    world.openOrders = [openOf(attempt.clientOrderId, 'v1')]
    world.pass()
    const outcome = world.pass()
    expect(kindsOf(outcome)).toEqual(['order-stands'])
    expect([outcome.evidence, outcome.vanished]).toEqual([[], []])
  })

  it('asks for a single look at an order whose fills are ahead of its news', () => {
    const world = started()
    world.trade({ who: 'entry', quantity: 1 })
    world.attempts.set(intentOf(1), { ...attemptOf(1, 'entry', 'accepted'), filledQuantity: '0' })
    world.openOrders = [openOf(base36OfUuid(intentOf(1)), 'v1')]
    const outcome = world.pass(lagMs * 2)
    expect(outcome.behind).toEqual([intentOf(1)])
    expect(kindsOf(outcome)).toEqual(['fill-missed'])
  })
})
