import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { FollowId } from '@tradewire/kernel/ids'
import { describe, expect, it } from 'vitest'
import { at, d, instrument } from '../../testing/bracket-fixtures.ts'
import { balance, candidate, closedNow, context, now, policy, settings, signal } from '../../testing/gate-fixtures.ts'
import { type Candidate, judge } from './gate.ts'
import type { Instrument } from '../planning/instrument.ts'
import { planSignal, type Signal } from '../planning/signal-plan.ts'

function codeOf(changes: Partial<Candidate>): string {
  const judgement = judge(candidate(changes), context())
  return judgement.outcome === 'denied' ? judgement.denial.code : judgement.outcome
}

/** What an entry has to wait for, or why it is refused. */
function outcomeOf(changes: Partial<Candidate>): unknown {
  const judgement = judge(candidate(changes), context())
  return judgement.outcome === 'waiting' ? judgement.wait : codeOf(changes)
}

const texts = (parts: readonly { readonly quantity: Decimal }[]) => parts.map(({ quantity }) => quantity.toString())

describe('the gate', () => {
  it('approves a follower whom nothing speaks against, with quantity, leverage and split', () => {
    const judgement = judge(candidate(), context())
    if (judgement.outcome !== 'approved') throw new Error(judgement.outcome)
    expect(judgement.order.quantity.toString()).toBe('0.25')
    expect(judgement.order.leverage).toBe(10)
    expect(texts(judgement.order.split.parts)).toEqual(['0.084', '0.083', '0.083'])
  })

  it.each([
    [
      'LOSS_LIMIT_REACHED',
      {
        settings: settings({ lossLimits: { lifetimeAmount: '500' } }),
        lossBases: { lifetime: { startsAt: at(0), currency: 'USDT', equity: '10500', switches: [] } },
      },
    ],
    ['FOLLOW_INACTIVE', { active: false }],
    ['ACCOUNT_NOT_CONNECTED', { account: null }],
    [
      'ACCOUNT_NOT_CONNECTED',
      {
        account: {
          venue: 'binance-usdm',
          environment: 'live',
          connected: false,
          active: true,
          disconnectedBy: 'VENUE_UNREACHABLE',
        },
      },
    ],
    [
      'ACCOUNT_PAUSED',
      { account: { venue: 'binance-usdm', environment: 'live', connected: true, active: false, disconnectedBy: null } },
    ],
    [
      'ACCOUNT_VENUE_DIFFERS',
      { account: { venue: 'paper', environment: 'paper', connected: true, active: true, disconnectedBy: null } },
    ],
    ['POSITION_ALREADY_OPEN', { open: { bracketId: 'x', side: 'buy', ending: false, kept: false } }],
    ['OPPOSITE_POSITION_OPEN', { opposite: { bracketId: 'x', ending: false } }],
    ['BALANCE_UNKNOWN', { balance: null }],
    ['BALANCE_IN_OTHER_CURRENCY', { balance: { ...balance, currency: 'EUR' } }],
    ['STALE_BALANCE', { balance: { ...balance, observedAt: new Date(at(-60_000)) } }],
    ['INSUFFICIENT_BALANCE', { reserved: d('9999.9') }],
    ['SYMBOL_NOT_ALLOWED', { settings: settings({ symbols: ['ETH/USDT'] }) }],
    ['SIDE_NOT_ALLOWED', { settings: settings({ sides: ['sell'] }) }],
    ['OUTSIDE_TRADING_WINDOW', { settings: settings({ tradingWindow: closedNow }) }],
    ['MAX_LEVERAGE_EXCEEDED', { settings: settings({ maxLeverage: 9 }) }],
    ['MAX_POSITIONS_REACHED', { positions: 2, settings: settings({ maxPositions: 2 }) }],
    ['BELOW_MINIMUM', { settings: settings({ maxNotional: '1' }) }],
    ['MAX_RISK_EXCEEDED', { settings: settings({ maxRiskPercent: '0.9' }) }],
    ['MAX_EXPOSURE_EXCEEDED', { exposure: d('10000.1'), settings: settings({ maxExposure: '20000' }) }],
    ['MAX_EXPOSURE_EXCEEDED', { settings: settings({ maxExposure: '20000', maxExposurePercent: '99.9' }) }],
    ['COOLING_OFF', { lastLoss: { lost: d('1'), closedAt: now }, settings: settings({ coolingOffMinutes: 1 }) }],
  ] satisfies [string, Partial<Candidate>][])('refuses with %s', (code, changes) => {
    expect(codeOf(changes)).toBe(code)
  })

  it.each([
    ['the symbol is listed', { symbols: ['ETH/USDT', 'BTC/USDT'] }],
    ['the side is allowed', { sides: ['buy'] }],
    ['the leverage is just the highest', { maxLeverage: 10 }],
    ['one more position fits', { maxPositions: 1 }],
    ['the stop costs just what is allowed', { maxRiskPercent: '1' }],
    ['the exposure is just the largest', { maxExposure: '10000', maxExposurePercent: '100' }],
    ['the follow has not lost', { coolingOffMinutes: 5 }],
    ['no loss has been counted yet', { lossLimits: { dayPercent: '1' } }],
  ] satisfies [string, TradeSettings][])('approves when %s', (_, follow) => {
    expect(codeOf({ settings: settings(follow) })).toBe('approved')
  })

  it('refuses a loss limit where no equity is told that it could be held against', () => {
    const limited = candidate({ settings: settings({ lossLimits: { dayPercent: '5', weekAmount: '100' } }) })
    expect(judge(limited, { ...context(), margin: false })).toMatchObject({
      denial: { code: 'LOSS_LIMIT_NOT_WATCHED', context: { sources: ['follow'] } },
    })
    expect(judge(limited, context()).outcome).toBe('approved')
  })

  it('lets a follow enter again in the very moment in which its cooling-off ends', () => {
    const lostAt = (ms: number) => ({ lost: d('1'), closedAt: new Date(now.getTime() - ms) })
    const cooled = settings({ coolingOffMinutes: 1 })
    expect(codeOf({ settings: cooled, lastLoss: lostAt(59_999) })).toBe('COOLING_OFF')
    expect(codeOf({ settings: cooled, lastLoss: lostAt(60_000) })).toBe('approved')
  })

  it('lets an account take part in one signal once', () => {
    const shared = context()
    expect(judge(candidate(), shared).outcome).toBe('approved')
    const second = judge(candidate({ followId: '00000000-0000-0000-0000-000000000001' as FollowId }), shared)
    expect(second).toMatchObject({ outcome: 'denied', denial: { code: 'ACCOUNT_ALREADY_IN_SIGNAL' } })
  })

  it('names the first reason when several speak against a follower', () => {
    expect(
      codeOf({ account: null, balance: null, open: { bracketId: 'x', side: 'buy', ending: false, kept: false } }),
    ).toBe('ACCOUNT_NOT_CONNECTED')
  })
})

describe('an entry while the follow has a position', () => {
  const long = { bracketId: 'long', side: 'buy', ending: false, kept: false } as const
  const short = { bracketId: 'short', side: 'sell', ending: false, kept: false } as const
  const reverses = { waitsFor: 'short', closes: true }

  it.each([
    ['unsaid', 'POSITION_ALREADY_OPEN', reverses],
    ['reverse', 'POSITION_ALREADY_OPEN', reverses],
    ['refuse', 'POSITION_ALREADY_OPEN', 'POSITION_ALREADY_OPEN'],
    ['replace', { waitsFor: 'long', closes: true }, reverses],
  ] as const)('with the policy %s: own side, other side', (policy, own, other) => {
    const said = settings(policy === 'unsaid' ? null : { onOpenPosition: policy })
    const outcomes = [long, short].map((open) => outcomeOf({ open, settings: said }))
    expect(outcomes).toEqual([own, other])
  })

  it.each(['refuse', 'reverse', 'replace'] as const)('is refused with %s beside one that was kept', (policy) => {
    const said = settings({ onOpenPosition: policy })
    const outcomes = [long, short].map((open) => outcomeOf({ open: { ...open, kept: true }, settings: said }))
    expect(outcomes).toEqual(['POSITION_ALREADY_OPEN', 'POSITION_ALREADY_OPEN'])
  })

  it.each(['refuse', 'reverse', 'replace'] as const)('waits with %s for one that is on its way out', (policy) => {
    const said = settings({ onOpenPosition: policy })
    const waits = { waitsFor: 'long', closes: false }
    expect(outcomeOf({ open: { ...long, ending: true }, settings: said })).toEqual(waits)
  })

  it.each([
    ['refuse', 'sell', 'POSITION_ALREADY_OPEN'],
    ['reverse', 'buy', 'POSITION_ALREADY_OPEN'],
    ['reverse', 'sell', { waitsFor: 'long', closes: false }],
    ['replace', 'buy', { waitsFor: 'long', closes: false }],
  ] as const)('with %s meets a waiting %s as if it were a position', (policy, side, expected) => {
    const waiting = { bracketId: 'waiting', side, closes: false }
    const changes = { waiting, open: { ...long, ending: true }, settings: settings({ onOpenPosition: policy }) }
    expect(outcomeOf(changes)).toEqual(expected)
  })

  it('treats a position that a waiting entry closes as one on its way out, and goes on closing it', () => {
    const waiting = { bracketId: 'waiting', side: 'sell', closes: true } as const
    expect(outcomeOf({ open: long, waiting })).toEqual({ waitsFor: 'long', closes: true })
  })

  it('waits for the opposite position of another follow only if that is on its way out and the venue nets', () => {
    const opposite = { bracketId: 'other', ending: true }
    expect(outcomeOf({ opposite })).toEqual({ waitsFor: 'other', closes: false })
    expect(
      judge(candidate({ opposite: { ...opposite, ending: false } }), { ...context(), netting: false }).outcome,
    ).toBe('approved')
  })

  it('closes nothing if it would be refused anyway', () => {
    expect(codeOf({ open: short, settings: settings({ sides: ['sell'] }) })).toBe('SIDE_NOT_ALLOWED')
    expect(codeOf({ open: short, account: null })).toBe('ACCOUNT_NOT_CONNECTED')
  })

  it('does not count the position that makes room for it', () => {
    expect(outcomeOf({ open: short, positions: 1, settings: settings({ maxPositions: 1 }) })).toEqual(reverses)
  })
})

describe('the checks of a signal', () => {
  function check(
    changes: Partial<Signal>,
    known: { active?: boolean; instrument?: Instrument | undefined } = {},
  ): string {
    const facts = {
      strategyActive: known.active ?? true,
      overtakenBy: null,
      pause: null,
      instrument: 'instrument' in known ? known.instrument : instrument,
    }
    const result = planSignal({ ...signal, ...changes }, facts, policy, now)
    return result.ok ? 'planned' : result.error.code
  }

  it('pass a signal that is in order', () => {
    expect(check({})).toBe('planned')
  })

  it('refuse it for everyone with one code', () => {
    expect(check({}, { active: false })).toBe('STRATEGY_INACTIVE')
    expect(check({ expiresAt: at(999) })).toBe('STALE_SIGNAL')
    expect(check({ venue: 'binance-spot', side: 'sell' })).toBe('VENUE_CANNOT_SHORT')
    expect(check({}, { instrument: undefined })).toBe('INSTRUMENT_UNKNOWN')
    expect(check({}, { instrument: { ...instrument, active: false } })).toBe('SYMBOL_NOT_ACTIVE')
    expect(check({ stop: { price: d('41000'), type: 'market' } })).toBe('STOP_ON_WRONG_SIDE')
    expect(check({ targets: [d('1')] })).toBe('NO_VALID_TARGET')
    expect(check({ entryType: 'limit', price: d('0.01'), stop: { price: d('0.001'), type: 'market' } })).toBe(
      'PRICE_OUT_OF_RANGE',
    )
  })
})
