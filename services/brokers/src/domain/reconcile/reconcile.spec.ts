import { nothingExecuted, type VenueOrder } from '@tradewire/broker-kit/broker-session'
import { base36OfUuid } from '@tradewire/broker-kit/client-order-id'
import { decimal, sum, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attemptOf, command, intentOf, lagMs, LookedAtAccount, type Move, started } from '#testing/looked-at-account'
import { netOf } from './holding.ts'
import type { Outcome } from './reconcile.ts'

function openOf(clientOrderId: string, venueOrderId: string): VenueOrder {
  return {
    clientOrderId,
    venueOrderId,
    symbol: command.symbol,
    status: 'working',
    ...nothingExecuted,
    message: null,
  }
}

function kindsOf(outcome: Outcome | undefined): string[] {
  return [...(outcome?.standing ?? []), ...(outcome?.passed ?? [])].map(({ kind }) => kind)
}

describe('reconciling positions', () => {
  it('calls external what stood there before the first pass', () => {
    const world = new LookedAtAccount()
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

function play(
  history: readonly (Move | 'pass')[],
  shuffle?: <Item>(items: readonly Item[]) => Item[],
): LookedAtAccount {
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
