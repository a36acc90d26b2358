import { ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance } from './advance.ts'
import type { Bracket } from './bracket.ts'
import { exitPolicyDefault } from './decision.ts'
import { at, bracketOf, d, newsOf, planOf } from '../../testing/bracket-fixtures.ts'
import { type ExitRules, exitRulesDefault } from './exit-rules.ts'
import { isFinal, openQuantity } from './leg.ts'
import { positionOf } from './position.ts'
import { VenueSimulation } from '../../testing/venue-simulation.ts'

const trailing = { triggerPercent: d('50'), callbackRatePercent: d('1') }
const plans = [
  planOf(),
  planOf({ trailing }),
  planOf({ entryType: 'limit', stop: { price: d('39600'), type: 'limit' } }),
  planOf({
    side: 'sell',
    stop: { price: d('40400'), type: 'market' },
    targets: [d('39600'), d('39000')],
    trailing,
  }),
  // Watched for by us: the venue has no trailing stop.
  planOf({ trailing }, 'xapi'),
]

/** What followers may choose for the time after the entry. */
const exits: readonly ExitRules[] = [
  exitRulesDefault,
  { moveStopAfterTarget: 1, moveStopOffsetPercent: d('0.1'), onStopFailure: 'flatten' },
  { moveStopAfterTarget: 2, moveStopOffsetPercent: d('0'), onStopFailure: 'alert' },
]

const choice = fc.noBias(fc.tuple(fc.nat(7), fc.nat(15), fc.nat(1_000)))
const histories = fc.array(choice, { minLength: 5, maxLength: 150, size: 'max' })

function run(planIndex: number, history: readonly (readonly [number, number, number])[]): VenueSimulation {
  const simulation = new VenueSimulation(plans[planIndex]!, d('0.9'), exits[history.length % exits.length])
  for (const [kind, which, amount] of history) simulation.act(kind, which, amount)
  simulation.heal()
  return simulation
}

/** Everything that must hold once no news is under way. */
function checkAtRest({ bracket, held, events, orders, cash }: VenueSimulation): void {
  const position = positionOf(bracket)
  expect(['protected', 'closed', 'failed']).toContain(bracket.state)
  expect(position.remaining.toString()).toBe(held.toString())
  const stops = bracket.legs.filter((leg) => leg.purpose === 'stop' && leg.state === 'working')
  if (bracket.state === 'protected') {
    expect(stops).toHaveLength(1)
    // While a target is filling the stop may still be as large as before: it only reduces.
    const filling = bracket.legs.some((leg) => leg.purpose === 'target' && !isFinal(leg) && leg.filledQuantity.gt(ZERO))
    if (filling) expect(openQuantity(stops[0]!).gte(held)).toBe(true)
    else expect(openQuantity(stops[0]!).toString()).toBe(held.toString())
  } else {
    expect(held.eq(ZERO)).toBe(true)
    expect([...orders.values()].filter(({ status }) => status !== 'ended').map(({ leg }) => leg.leg)).toEqual([])
    expect(bracket.legs.filter((leg) => !isFinal(leg))).toEqual([])
  }
  const told = events.map(({ kind }) => kind).join(' ')
  expect(told).toBe({ protected: 'opened', closed: 'opened closed', failed: '' }[bracket.state as 'closed'])
  const closed = events.find((event) => event.kind === 'closed')
  // Average prices are cut to 30 places by the simulation's division, so sums agree to far below a coin.
  if (closed?.kind === 'closed') expect(closed.trade.realizedPnl.minus(cash).abs().lt('0.000001')).toBe(true)
}

describe('a bracket, for any history of its venue', () => {
  it('comes to rest protected for exactly what is held, or closed once with nothing left behind', () => {
    fc.assert(
      fc.property(fc.nat(plans.length - 1), histories, (planIndex, history) => {
        checkAtRest(run(planIndex, history))
      }),
      { numRuns: 1_500 },
    )
  })

  it('takes news that it has had before without doing anything', () => {
    fc.assert(
      fc.property(fc.nat(plans.length - 1), histories, (planIndex, history) => {
        const { bracket, delivered } = run(planIndex, history)
        const again = advance(
          bracket,
          delivered.map((update) => ({ kind: 'update', update })),
          { plan: plans[planIndex]!, policy: exitPolicyDefault, isAlone: true, now: at(999_999_999) },
        )
        expect(again).toEqual({ bracket, submits: [], cancels: [], events: [], protection: [] })
      }),
      { numRuns: 300 },
    )
  })

  it('comes to the same end whatever the order in which the same news arrives, once or more often', () => {
    const plan = planOf()
    let opened = advanceWith(bracketOf(plan, d('0.9')), (bracket) => [
      newsOf(bracket, 'entry', 'filled', { filled: '0.9', price: '40000', fee: '3' }),
    ])
    for (const legs of [['stop-1'], ['target-1', 'target-2', 'target-3']]) {
      opened = advanceWith(opened, (bracket) => legs.map((leg) => newsOf(bracket, leg, 'accepted')))
    }
    const news = [
      newsOf(opened, 'target-1', 'filled', { filled: '0.1', price: '40400', final: false, revision: 2, atMs: 20 }),
      newsOf(opened, 'target-1', 'filled', { filled: '0.3', price: '40400', revision: 3, atMs: 30 }),
      newsOf(opened, 'target-2', 'filled', { filled: '0.3', price: '40800', revision: 2, atMs: 40 }),
      newsOf(opened, 'stop-1', 'filled', { filled: '0.2', price: '39600', final: false, revision: 2, atMs: 50 }),
      newsOf(opened, 'stop-1', 'filled', { filled: '0.3', price: '39600', final: false, revision: 3, atMs: 60 }),
      newsOf(opened, 'stop-1', 'cancelled', { filled: '0.3', price: '39600', revision: 4, atMs: 70 }),
      newsOf(opened, 'target-3', 'cancelled', { revision: 2, atMs: 80 }),
    ]
    const orders = fc
      .array(fc.nat(news.length - 1), { maxLength: 20 })
      .chain((extra) => fc.shuffledSubarray([...news.keys(), ...extra], { minLength: news.length + extra.length }))
    fc.assert(
      fc.property(orders, fc.nat(4), (order, cut) => {
        let bracket = opened
        for (let index = 0; index < order.length; index += cut + 1) {
          const batch = order.slice(index, index + cut + 1).map((one) => news[one]!)
          bracket = advanceWith(bracket, () => batch)
        }
        const { opened: bought, closed, remaining } = positionOf(bracket)
        expect([bracket.state, `${bought}`, `${closed}`, `${remaining}`]).toEqual(['closed', '0.9', '0.9', '0'])
        expect(bracket.openedAt !== null && bracket.closedAt !== null).toBe(true)
      }),
    )

    function advanceWith(bracket: Bracket, make: (bracket: Bracket) => ReturnType<typeof newsOf>[]): Bracket {
      return advance(bracket, make(bracket), { plan, policy: exitPolicyDefault, isAlone: true, now: at(100) }).bracket
    }
  })
})
