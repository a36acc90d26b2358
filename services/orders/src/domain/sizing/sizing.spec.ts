import { sizingModes, type SizingMode } from '@tradewire/contracts/trade-settings'
import { type Decimal, decimal, HUNDRED, ONE, price, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instrument } from '../../testing/bracket-fixtures.ts'
import type { Instrument } from '../planning/instrument.ts'
import { type FollowerMoney, size, sizingTerms } from './sizing.ts'

const policy = { entryCostPercent: decimal('0.2') }
const prices = { entry: price('40000'), stop: { trigger: price('39600') } }

interface Asked {
  readonly mode?: SizingMode
  readonly value?: string
  readonly multiplier?: string
  readonly roundUpPercentMax?: string
  readonly maxNotional?: string
  readonly maxQuantity?: string
}

function rule({
  mode = 'risk-percent',
  value = '1',
  multiplier = '1',
  roundUpPercentMax,
  maxNotional,
  maxQuantity,
}: Asked = {}) {
  return {
    sizing: { mode, value: decimal(value) },
    multiplier: decimal(multiplier),
    roundUpPercentMax: roundUpPercentMax === undefined ? null : decimal(roundUpPercentMax),
    maxNotional: maxNotional === undefined ? null : decimal(maxNotional),
    maxQuantity: maxQuantity === undefined ? null : decimal(maxQuantity),
  }
}

function money(changes: Partial<FollowerMoney> = {}): FollowerMoney {
  return {
    settings: rule(),
    leverage: 10,
    total: decimal('10000'),
    free: decimal('10000'),
    equity: decimal('10000'),
    reserved: ZERO,
    conversion: null,
    ...changes,
  }
}

/** Quantity as text, or the denial's code. */
function sized(changes: Partial<FollowerMoney> = {}, at: Partial<Instrument> = {}): string {
  const result = size(money(changes), sizingTerms(prices, { ...instrument, ...at }, policy, decimal('48000')))
  return result.ok ? result.value.quantity.toString() : result.error.denial.code
}

describe('sizing', () => {
  it('risks the asked share of the balance between entry and stop', () => {
    expect(sized()).toBe('0.25')
  })

  it.each([
    ['risk-percent', '2', '0.5'],
    ['risk-amount', '50', '0.125'],
    ['fixed-quantity', '0.0129', '0.012'],
    ['fixed-notional', '4100', '0.102'],
    ['equity-percent', '50', '0.15'],
    ['free-percent', '50', '0.1'],
    ['proportional', '0.5', '0.125'],
  ] satisfies [SizingMode, string, string][])('sizes by %s', (mode, value, expected) => {
    const different = { equity: decimal('12000'), free: decimal('9000'), reserved: decimal('1000') }
    expect(sized({ settings: rule({ mode, value }), ...different })).toBe(expected)
  })

  it('scales what the rule asks for before it is rounded', () => {
    expect(sized({ settings: rule({ mode: 'fixed-quantity', value: '0.0015', multiplier: '3' }) })).toBe('0.004')
  })

  it('takes the nearest step where rounding up is allowed and stays within its limit, and never above a cap', () => {
    const asked = (value: string, up: string) => rule({ mode: 'fixed-quantity', value, roundUpPercentMax: up })
    expect(sized({ settings: asked('0.0129', '1') })).toBe('0.013')
    expect(sized({ settings: asked('0.0129', '0.5') })).toBe('0.012')
    expect(sized({ settings: asked('0.0124', '20') })).toBe('0.012')
    expect(sized({ settings: { ...asked('0.0129', '1'), maxQuantity: decimal('0.0129') } })).toBe('0.012')
  })

  it('counts the contract size', () => {
    expect(sized({}, { contractSize: decimal('0.01'), quantityStep: ONE, minimumQuantity: ONE })).toBe('25')
  })

  it('rounds down to the quantity step', () => {
    expect(sized({ total: decimal('9999.99') })).toBe('0.249')
  })

  it('is capped by leverage, by what is free, by the plan and by the venue, and says which one bound', () => {
    const bound = (changes: Partial<FollowerMoney>, at: Partial<Instrument> = {}) => {
      const result = size(money(changes), sizingTerms(prices, { ...instrument, ...at }, policy))
      return result.ok ? [result.value.trace.bound, result.value.quantity.toString()] : [result.error.denial.code]
    }
    expect(bound({ settings: rule({ value: '10' }), leverage: 2, free: decimal('99999') })).toEqual(['leverage', '0.5'])
    expect(bound({ free: decimal('100') })).toEqual(['balance', '0.024'])
    expect(bound({ reserved: decimal('9900') })).toEqual(['balance', '0.024'])
    expect(bound({ settings: rule({ maxNotional: '1000' }) })).toEqual(['notional', '0.025'])
    expect(bound({ settings: rule({ maxQuantity: '0.0319' }) })).toEqual(['quantity', '0.031'])
    expect(bound({}, { maximumQuantity: decimal('0.1') })).toEqual(['venue', '0.1'])
  })

  it('refuses what is below the minimum quantity or notional, and says whether money is what is missing', () => {
    expect(sized({ settings: rule({ value: '0.001' }) })).toBe('BELOW_MINIMUM')
    expect(sized({}, { minimumNotional: decimal('20000') })).toBe('BELOW_MINIMUM')
    expect(sized({ free: decimal('1') })).toBe('INSUFFICIENT_BALANCE')
    expect(sized({ free: ZERO, total: ZERO, equity: ZERO })).toBe('INSUFFICIENT_BALANCE')
    expect(sized({ equity: decimal('-5') })).toBe('INSUFFICIENT_BALANCE')
  })

  it('asks of coins enough to be sold at the stop after the fee, and of a position what the entry takes', () => {
    const fixed = (value: string) => ({ settings: rule({ mode: 'fixed-quantity', value }) })
    const coins = { kind: 'spot', minimumNotional: decimal('396') } as const
    expect(sized(fixed('0.01'), coins)).toBe('BELOW_MINIMUM')
    expect(sized(fixed('0.011'), coins)).toBe('0.011')
    expect(sized(fixed('0.01'), { minimumNotional: decimal('400') })).toBe('0.01')
    expect(sized(fixed('0.009'), { minimumNotional: decimal('400') })).toBe('BELOW_MINIMUM')
  })

  it('blames the money where it carries something, but less than the minimum, or nothing where there is none', () => {
    expect(sized({ free: decimal('100') }, { minimumQuantity: decimal('0.05') })).toBe('INSUFFICIENT_BALANCE')
    expect(sized({ free: ZERO }, { minimumQuantity: ZERO, minimumNotional: ZERO })).toBe('INSUFFICIENT_BALANCE')
  })

  it('sizes nothing in proportion to an equity that is not known', () => {
    const settings = rule({ mode: 'proportional', value: '1' })
    const result = size(money({ settings }), sizingTerms(prices, instrument, policy))
    expect(result.ok ? 'sized' : result.error.denial.code).toBe('BELOW_MINIMUM')
  })

  it('names in the trace what else it was calculated from, where it was', () => {
    const traceOf = (changes: Partial<FollowerMoney>) => {
      const result = size(money(changes), sizingTerms(prices, instrument, policy, decimal('48000')))
      return result.ok ? result.value.trace : result.error.trace
    }
    const conversion = { from: 'EUR', rate: '1.25', back: '0.8', by: ['EUR/USDT'] }
    expect(traceOf({ conversion }).conversion).toEqual(conversion)
    expect(traceOf({})).not.toHaveProperty('conversion')
    expect(traceOf({ settings: rule({ mode: 'proportional' }) }).providerEquity).toBe('48000')
    expect(traceOf({})).not.toHaveProperty('providerEquity')
    expect(traceOf({ settings: rule({ maxQuantity: '0.0319' }) }).maxQuantity).toBe('0.0319')
  })

  it('keeps the whole calculation in the trace', () => {
    const result = size(money({ settings: rule({ maxNotional: '5000' }) }), sizingTerms(prices, instrument, policy))
    expect(result.ok && result.value.trace).toEqual({
      balance: '10000',
      free: '10000',
      equity: '10000',
      reserved: '0',
      mode: 'risk-percent',
      value: '1',
      multiplier: '1',
      leverage: 10,
      maxNotional: '5000',
      maxQuantity: null,
      caps: {
        risk: '0.25',
        size: null,
        leverage: '2.5',
        balance: '2.45',
        notional: '0.125',
        quantity: null,
        venue: '1000',
      },
      bound: 'notional',
      minimum: '0.001',
      quantity: '0.125',
      notional: '5000',
      atRisk: '50',
    })
  })
})

const amount = (max: number, places: number) =>
  fc.bigInt({ min: 1n, max: BigInt(max) * 10n ** BigInt(places) }).map((units) =>
    decimal('1')
      .times(String(units))
      .div(`1${'0'.repeat(places)}`),
  )
const step = fc.constantFrom('1', '0.5', '0.1', '0.01', '0.001', '0.00001', '0.25', '10').map(decimal)

const cases = fc
  .record({
    entry: amount(100_000, 4),
    distanceShare: fc.integer({ min: 1, max: 9_999 }),
    long: fc.boolean(),
    step,
    contractSize: fc.constantFrom('1', '0.01', '100').map(decimal),
    minimumSteps: fc.integer({ min: 0, max: 50 }),
    maximumSteps: fc.integer({ min: 51, max: 1_000_000 }),
    minimumNotional: amount(200, 2),
    mode: fc.constantFrom(...sizingModes),
    value: amount(100, 3),
    multiplier: amount(5, 2),
    roundUpPercentMax: fc.option(amount(20, 1)),
    maxQuantity: fc.option(amount(1_000, 3)),
    leverage: fc.integer({ min: 1, max: 125 }),
    maxNotional: fc.option(amount(1_000_000, 2)),
    total: amount(10_000_000, 8),
    free: amount(10_000_000, 8),
    equity: amount(10_000_000, 8),
    reserved: fc.option(amount(1_000, 8)),
    providerEquity: amount(10_000_000, 8),
  })
  .map((one) => {
    const distance = one.entry.times(String(one.distanceShare)).div('10000')
    return {
      ...one,
      stop: one.long ? one.entry.minus(distance) : one.entry.plus(distance),
      instrument: {
        ...instrument,
        quantityStep: one.step,
        contractSize: one.contractSize,
        minimumQuantity: one.step.times(String(one.minimumSteps)),
        maximumQuantity: one.step.times(String(one.maximumSteps)),
        minimumNotional: one.minimumNotional,
      } satisfies Instrument,
      money: {
        settings: {
          sizing: { mode: one.mode, value: one.value },
          multiplier: one.multiplier,
          roundUpPercentMax: one.roundUpPercentMax,
          maxNotional: one.maxNotional,
          maxQuantity: one.maxQuantity,
        },
        leverage: one.leverage,
        total: one.total,
        free: one.free,
        equity: one.equity,
        reserved: one.reserved ?? ZERO,
        conversion: null,
      } satisfies FollowerMoney,
    }
  })

interface Held {
  readonly held: Decimal
  readonly notional: Decimal
  readonly loss: Decimal
  /** Per cent by which rounding may exceed what is asked for. */
  readonly above: Decimal | null
}

/** Whether so much is not more than the rule asks for. */
function asks(
  one: { mode: SizingMode; money: FollowerMoney; providerEquity: Decimal },
  { held, notional, loss, above }: Held,
): Record<'risk' | 'size', boolean> {
  const { mode, money, providerEquity } = one
  const { settings, total, equity, free, reserved } = money
  const scaled = settings.sizing.value
    .times(settings.multiplier)
    .times(HUNDRED.plus(above ?? ZERO))
    .div(HUNDRED)
  const hundredfold = notional.times(HUNDRED)
  const within: Record<SizingMode, boolean> = {
    'risk-percent': loss.times(HUNDRED).lte(total.times(scaled)),
    'risk-amount': loss.lte(scaled),
    'fixed-quantity': held.lte(scaled),
    'fixed-notional': notional.lte(scaled),
    'equity-percent': hundredfold.lte(equity.times(scaled)),
    'free-percent': hundredfold.lte(free.minus(reserved).times(scaled)),
    proportional: held.times(providerEquity).lte(equity.times(scaled)),
  }
  return { risk: !mode.startsWith('risk-') || within[mode], size: mode.startsWith('risk-') || within[mode] }
}

describe('sizing, for any follower and instrument', () => {
  it('never exceeds the risk, a cap or a filter, and one more step would exceed the cap that bound', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const result = size(
          one.money,
          sizingTerms(
            { entry: price(one.entry), stop: { trigger: price(one.stop) } },
            one.instrument,
            policy,
            one.providerEquity,
          ),
        )
        if (!result.ok) return
        const { quantity, trace } = result.value
        const fits = (held: Decimal, above: Decimal | null) => {
          const notional = held.times(one.contractSize).times(one.entry)
          const loss = held.times(one.contractSize).times(one.entry.minus(one.stop).abs())
          const costs = notional.times('0.2').div(HUNDRED)
          return {
            ...asks(one, { held, notional, loss, above }),
            leverage: notional.lte(one.money.equity.times(String(one.leverage))),
            balance: notional
              .plus(costs.times(String(one.leverage)))
              .lte(one.money.free.minus(one.money.reserved).times(String(one.leverage))),
            notional: one.maxNotional === null || notional.lte(one.maxNotional),
            quantity: one.maxQuantity === null || held.lte(one.maxQuantity),
            venue: held.lte(one.instrument.maximumQuantity),
          }
        }
        expect(Object.values(fits(quantity, one.roundUpPercentMax)).every(Boolean)).toBe(true)
        expect(fits(quantity.plus(one.step), null)[trace.bound]).toBe(false)
        expect(quantity.mod(one.step).eq(ZERO)).toBe(true)
        expect(quantity.gte(one.instrument.minimumQuantity) && quantity.gt(ZERO)).toBe(true)
        expect(quantity.times(one.contractSize).times(one.entry).gte(one.minimumNotional)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
