import { sizingModes, type TradeSettings } from '@tradewire/contracts/trade-settings'
import { type Decimal, decimal, HUNDRED, price, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instrument as bitcoin, planOf } from '../../testing/bracket-fixtures.ts'
import { balance, candidate, context, now, policy, settings } from '../../testing/gate-fixtures.ts'
import { type Candidate, type GateContext, judge } from './gate.ts'
import { providerEquity } from '../sizing/provider.ts'
import { ratesByEnvironment } from '../sizing/rates.ts'
import { splitRulesOf } from '../planning/signal-plan.ts'
import { sizingTerms } from '../sizing/sizing.ts'

const amount = (max: number, places: number) =>
  fc.bigInt({ min: 1n, max: BigInt(max) * 10n ** BigInt(places) }).map((units) =>
    decimal('1')
      .times(String(units))
      .div(`1${'0'.repeat(places)}`),
  )
const text = (max: number, places: number) => amount(max, places).map(String)
const maybe = <Value>(some: fc.Arbitrary<Value>) => fc.option(some, { nil: undefined })

const said = fc.record({
  sizing: fc.record({ mode: fc.constantFrom(...sizingModes), value: text(100, 3) }),
  multiplier: maybe(text(5, 2)),
  roundUpPercentMax: maybe(text(20, 1)),
  maxRiskPercent: maybe(text(20, 2)),
  maxNotional: maybe(text(1_000_000, 2)),
  maxQuantity: maybe(text(1_000, 3)),
  maxExposure: maybe(text(1_000_000, 2)),
  maxExposurePercent: maybe(text(500, 1)),
})

const cases = fc.record({
  said,
  currency: fc.constantFrom('USDT', 'EUR'),
  rate: amount(100, 4),
  total: amount(1_000_000, 8),
  freeShare: fc.integer({ min: 0, max: 100 }),
  equityShare: fc.integer({ min: 1, max: 200 }),
  reserved: fc.oneof(fc.constant(ZERO), amount(1_000, 8)),
  exposure: fc.oneof(fc.constant(ZERO), amount(100_000, 2)),
  providerEquity: amount(1_000_000, 2),
  entry: amount(100_000, 4),
  distanceShare: fc.integer({ min: 1, max: 9_999 }),
  step: fc.constantFrom('1', '0.1', '0.001', '0.00001', '0.25').map(decimal),
  minimumSteps: fc.integer({ min: 0, max: 50 }),
  minimumNotional: amount(200, 2),
})
type Case = typeof cases extends fc.Arbitrary<infer One> ? One : never

const share = (of: Decimal, percent: number) => of.times(String(percent)).div(HUNDRED)

/** A follower and a signal as the planner would hand them to the gate. */
function worldOf(one: Case): { follower: Candidate; shared: GateContext } {
  const { total, currency, reserved, exposure, entry } = one
  const stated = Object.fromEntries(Object.entries(one.said).filter(([, value]) => value !== undefined))
  const stop = entry.minus(entry.times(String(one.distanceShare)).div('10000'))
  const instrument = {
    ...bitcoin,
    quantityStep: one.step,
    minimumQuantity: one.step.times(String(one.minimumSteps)),
    maximumQuantity: one.step.times('1000000'),
    minimumNotional: one.minimumNotional,
  }
  const rate = { environment: 'live', symbol: 'EUR/USDT', price: one.rate, observedAt: now } as const
  const rates = ratesByEnvironment([rate], { now, ageMaxMs: 1 })
  const held = { currency: 'USDT', equity: one.providerEquity, observedAt: now }
  const accountId = candidate().accountId
  const provider = providerEquity({ accountId, environment: 'live', balance: held }, 'USDT', {
    now,
    ageMaxMs: 1,
    rates,
  })
  const usual = planOf()
  const prices = { ...usual.prices, entry: price(entry), stop: { ...usual.prices.stop, trigger: price(stop) } }
  const plan = { ...usual, instrument, prices }
  const free = share(total, one.freeShare)
  const equity = share(total, one.equityShare)
  return {
    follower: candidate({
      settings: settings({ ...(stated as TradeSettings), convertBalance: true }),
      balance: { ...balance, currency, total, free, equity },
      reserved,
      exposure,
    }),
    shared: {
      ...context(),
      plan,
      sizing: sizingTerms(prices, instrument, policy, one.providerEquity),
      split: splitRulesOf(plan),
      provider,
      rates: rates.live,
    },
  }
}

/** What the order takes, in the currency of the symbol, against what the account has and its limits. */
function breaches(one: Case, quantity: Decimal): string[] {
  const toQuote = one.currency === 'USDT' ? decimal('1') : one.rate
  const { follower } = worldOf(one)
  const { leverage, sizing, multiplier, roundUpPercentMax, ...limits } = follower.settings
  const [total, free, equity] = [follower.balance!.total, follower.balance!.free, follower.balance!.equity]
  const notional = quantity.times(one.entry)
  const lost = notional.times(String(one.distanceShare)).div('10000')
  const scaled = sizing.value.times(multiplier).times(HUNDRED.plus(roundUpPercentMax ?? ZERO))
  const geared = String(leverage)
  const available = free.minus(one.reserved).times(toQuote)
  const costs = notional.times(policy.entryCostPercent).div(HUNDRED)
  const held = one.exposure.times(toQuote).plus(notional)
  const exceeds: Record<string, boolean> = {
    'risk of the rule': sizing.mode === 'risk-percent' && lost.times('10000').gt(total.times(toQuote).times(scaled)),
    'amount of the rule': sizing.mode === 'risk-amount' && lost.times(HUNDRED).gt(scaled),
    'risk for one trade':
      limits.maxRiskPercent !== null && lost.times(HUNDRED).gt(total.times(toQuote).times(limits.maxRiskPercent)),
    'free balance': notional.plus(costs.times(geared)).gt(available.times(geared)),
    leverage: notional.gt(equity.times(toQuote).times(geared)),
    notional: limits.maxNotional !== null && notional.gt(limits.maxNotional),
    quantity: limits.maxQuantity !== null && quantity.gt(limits.maxQuantity),
    exposure: limits.maxExposure !== null && held.gt(limits.maxExposure),
    'share of the equity':
      limits.maxExposurePercent !== null &&
      held.times(HUNDRED).gt(equity.times(toQuote).times(limits.maxExposurePercent)),
    step: !quantity.mod(one.step).eq(ZERO),
    'minimum quantity': quantity.lt(one.step.times(String(one.minimumSteps))) || quantity.lte(ZERO),
    'minimum notional': notional.lt(one.minimumNotional),
    'maximum quantity': quantity.gt(one.step.times('1000000')),
  }
  return Object.keys(exceeds).filter((name) => exceeds[name])
}

describe('the gate, for any follower, rule and instrument', () => {
  it('never lets an order exceed its risk, the free balance, a limit or a filter, in whatever currency the account is', () => {
    let approved = 0
    fc.assert(
      fc.property(cases, (one) => {
        const { follower, shared } = worldOf(one)
        const judgement = judge(follower, shared)
        if (judgement.outcome !== 'approved') return
        approved += 1
        expect(breaches(one, judgement.order.quantity)).toEqual([])
        const parts = judgement.order.split.parts.map(({ quantity }) => quantity)
        expect(parts.reduce((sum, part) => sum.plus(part), ZERO).eq(judgement.order.quantity)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
    expect(approved).toBeGreaterThan(50)
  })

  it('sizes an account in another currency exactly as one that holds its worth', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const abroad = worldOf({ ...one, currency: 'EUR' })
        const worth = (held: Decimal) => held.times(one.rate)
        const at = abroad.follower.balance!
        const home = {
          ...abroad.follower,
          balance: {
            ...at,
            currency: 'USDT',
            total: worth(at.total),
            free: worth(at.free),
            equity: worth(at.equity),
          },
          reserved: worth(one.reserved),
          exposure: worth(one.exposure),
        }
        const outcomeOf = (follower: Candidate) => {
          const judgement = judge(follower, worldOf(one).shared)
          if (judgement.outcome === 'approved') return judgement.order.quantity.toString()
          return judgement.outcome === 'denied' ? judgement.denial : 'waiting'
        }
        expect(outcomeOf(abroad.follower)).toEqual(outcomeOf(home))
      }),
      { numRuns: 300 },
    )
  })
})
