import { type Denial, type DenialCode, denialCodes, denialReply, denialReplyOf } from '@tradewire/contracts/denials/all'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import type { FollowId } from '@tradewire/kernel/ids'
import { describe, expect, it } from 'vitest'
import { at, d, instrument } from '../../testing/bracket-fixtures.ts'
import { balance, candidate, closedNow, context, now, policy, settings, signal } from '../../testing/gate-fixtures.ts'
import type { Entitlement } from './entitlement.ts'
import { checkCodes } from '../explain/explanation.ts'
import { type Candidate, type GateContext, judge } from './gate.ts'
import { EngagedSwitches } from '../stopping/kill-switch.ts'
import { superseded, waitedTooLong, withdrawn } from './open-position.ts'
import { ratesByEnvironment } from '../sizing/rates.ts'
import { providerEquity } from '../sizing/provider.ts'
import { planSignal, type Signal } from '../planning/signal-plan.ts'

const someId = '01963a5e-0000-7000-8000-000000000077'

/** Why this follower is refused. */
function follower(changes: Partial<Candidate>, shared: Partial<GateContext> = {}): Denial {
  const judgement = judge(candidate(changes), { ...context(), ...shared })
  if (judgement.outcome !== 'denied') throw new Error('nothing spoke against it')
  return judgement.denial
}

/** Why a follower with these settings is refused. */
const limited = (said: TradeSettings, changes: Partial<Candidate> = {}) =>
  follower({ settings: settings(said), ...changes })

/** Why a follower with this plan is refused. */
function planned(changes: Partial<Entitlement>): Denial {
  const limits = { endsAt: null, maxPositions: null, maxBalance: null, strategyAutomated: true }
  const unlimited = { plan: 'STARTER', ...limits, positions: 0 }
  return follower({ entitlement: { ...unlimited, ...changes } })
}

/** Why everyone is refused. */
function everyone(changes: Partial<Signal>, known: Partial<Parameters<typeof planSignal>[1]> = {}): Denial {
  const planned = planSignal(
    { ...signal, ...changes },
    { strategyActive: true, pause: null, instrument, overtakenBy: null, ...known },
    policy,
    now,
  )
  if (planned.ok) throw new Error('nothing spoke against it')
  return planned.error
}

const noRates = ratesByEnvironment([], { now, ageMaxMs: policy.rateAgeMaxMs })
const account = {
  venue: 'binance-usdm',
  environment: 'live',
  connected: true,
  active: true,
  disconnectedBy: null,
} as const

const engaged = new EngagedSwitches([
  {
    id: someId,
    scope: 'platform',
    scopeId: null,
    mode: 'halt',
    cause: 'command',
    reason: 'An exercise.',
    loss: null,
    engagedBy: someId,
    byOperator: true,
    engagedAt: now,
    endsAt: null,
    releasedAt: null,
    releasedBy: null,
  },
])

const lostBasis = { startsAt: at(0), currency: 'USDT', equity: '10500', switches: [] }

/** One way to each code; the compiler asks for a new one with every code. */
const ways: Readonly<Record<DenialCode, () => Denial>> = {
  STRATEGY_INACTIVE: () => everyone({}, { strategyActive: false }),
  SOURCE_PAUSED: () => everyone({}, { pause: { killSwitchId: someId, cause: 'rate-anomaly', reason: 'Too many.' } }),
  STALE_SIGNAL: () => everyone({ expiresAt: at(999) }),
  SIGNAL_OVERTAKEN: () => everyone({}, { overtakenBy: someId }),
  INSTRUMENT_UNKNOWN: () => everyone({}, { instrument: undefined }),
  SYMBOL_NOT_ACTIVE: () => everyone({}, { instrument: { ...instrument, active: false } }),
  MARKET_CLOSED: () => everyone({}, { instrument: { ...instrument, tradingHours: [closedNow] } }),
  VENUE_CANNOT_SHORT: () => everyone({ venue: 'binance-spot', side: 'sell' }),
  PRICE_OUT_OF_RANGE: () =>
    everyone({ entryType: 'limit', price: d('0.01'), stop: { price: d('0.001'), type: 'market' } }),
  STOP_ON_WRONG_SIDE: () => everyone({ stop: { price: d('41000'), type: 'market' } }),
  NO_VALID_TARGET: () => everyone({ targets: [d('1')] }),
  KILL_SWITCH: () => follower({}, { switches: engaged }),
  LOSS_LIMIT_REACHED: () => limited({ lossLimits: { lifetimeAmount: '500' } }, { lossBases: { lifetime: lostBasis } }),
  LOSS_LIMIT_NOT_WATCHED: () =>
    follower({ settings: settings({ lossLimits: { dayPercent: '5' } }) }, { margin: false }),
  FOLLOW_INACTIVE: () => follower({ active: false }),
  ACCOUNT_PAUSED: () => follower({ account: { ...account, active: false } }),
  PLAN_ENDED: () => planned({ endsAt: now }),
  PLAN_BY_HAND_ONLY: () => planned({ strategyAutomated: false }),
  STRATEGY_NOT_PAID: () => follower({ access: { servedUntil: now } }),
  ACCOUNT_KEY_UNAUTHORIZED: () =>
    follower({ account: { ...account, connected: false, disconnectedBy: 'VENUE_AUTHENTICATION_FAILED' } }),
  ACCOUNT_NOT_CONNECTED: () =>
    follower({ account: { ...account, connected: false, disconnectedBy: 'VENUE_UNREACHABLE' } }),
  ACCOUNT_VENUE_DIFFERS: () => follower({ account: { ...account, venue: 'paper' } }),
  ACCOUNT_ALREADY_IN_SIGNAL: () =>
    follower({}, { accountsSeen: new Map([[candidate().accountId, someId as FollowId]]) }),
  POSITION_ALREADY_OPEN: () => follower({ open: { bracketId: someId, side: 'buy', ending: false, kept: false } }),
  OPPOSITE_POSITION_OPEN: () => follower({ opposite: { bracketId: someId, ending: false } }),
  SYMBOL_NOT_ALLOWED: () => limited({ symbols: ['ETH/USDT'] }),
  SIDE_NOT_ALLOWED: () => limited({ sides: ['sell'] }),
  OUTSIDE_TRADING_WINDOW: () => limited({ tradingWindow: closedNow }),
  COOLING_OFF: () => limited({ coolingOffMinutes: 5 }, { lastLoss: { lost: d('10'), closedAt: now } }),
  MAX_LEVERAGE_EXCEEDED: () => limited({ maxLeverage: 9 }),
  MAX_POSITIONS_REACHED: () => limited({ maxPositions: 2 }, { positions: 2 }),
  ENTRY_SUPERSEDED: () => superseded(someId),
  ENTRY_WITHDRAWN: () => withdrawn(now),
  WAITED_TOO_LONG: () => waitedTooLong({ waitsFor: someId, closes: true }, at(999), now),
  PLAN_LIMIT_REACHED: () => planned({ maxPositions: 3, positions: 3 }),
  BALANCE_UNKNOWN: () => follower({ balance: null }),
  BALANCE_IN_OTHER_CURRENCY: () => follower({ balance: { ...balance, currency: 'EUR' } }),
  RATE_UNKNOWN: () => limited({ convertBalance: true }, { balance: { ...balance, currency: 'GBP' } }),
  STALE_BALANCE: () => follower({ balance: { ...balance, observedAt: new Date(at(-60_000)) } }),
  BALANCE_LIMIT_EXCEEDED: () => planned({ maxBalance: d('9999.99') }),
  PROVIDER_EQUITY_UNKNOWN: () =>
    follower(
      { settings: settings({ sizing: { mode: 'proportional', value: '1' } }) },
      { provider: providerEquity(null, 'USDT', { now, ageMaxMs: policy.balanceAgeMaxMs, rates: noRates }) },
    ),
  INSUFFICIENT_BALANCE: () => follower({ reserved: d('9999.9') }),
  BELOW_MINIMUM: () => limited({ maxNotional: '1' }),
  MAX_RISK_EXCEEDED: () => limited({ maxRiskPercent: '0.9' }),
  MAX_EXPOSURE_EXCEEDED: () => limited({ maxExposure: '20000' }, { exposure: d('10000.1') }),
}

describe('the table of denials', () => {
  it.each(denialCodes)('reaches %s, with a context of its own form and words that say what to do', (code) => {
    const denial = ways[code]()
    expect(denial.code).toBe(code)
    const reply = denialReply.parse(denialReplyOf(denial))
    expect(reply).toMatchObject({ code, context: denial.context })
    for (const words of [reply.message, reply.fix]) expect(words).toMatch(/^[A-Z].*\.$/)
  })

  it('is what the explanation counts its checks by, each code once', () => {
    expect([...checkCodes].toSorted()).toEqual([...denialCodes].toSorted())
  })
})
