/** Candidates, contexts and signals for the specs of the gate. Called by specs only. Must never be imported by the service. */
import { type TradeSettings, weekdays } from '@tradewire/contracts/trade-settings'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import { ok } from '@tradewire/kernel/result'
import type { AccountId, FollowId, RiskProfileId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { Balance, Candidate, GateContext } from '../domain/gate/gate.ts'
import { EngagedSwitches } from '../domain/stopping/kill-switch.ts'
import { Rates } from '../domain/sizing/rates.ts'
import { resolveSettings, silent } from '../domain/sizing/settings.ts'
import { type PlanningPolicy, type Signal, splitRulesOf } from '../domain/planning/signal-plan.ts'
import { sizingTerms } from '../domain/sizing/sizing.ts'
import { asked, at, d, planOf } from './bracket-fixtures.ts'

export const now = new Date(at(1_000))
export const policy: PlanningPolicy = {
  stopLimitOffsetPercent: d('0.5'),
  entryCostPercent: d('0.2'),
  balanceAgeMaxMs: 60_000,
  rateAgeMaxMs: 60_000,
}
/** A single minute of another weekday. */
export const closedNow = {
  timeZone: 'UTC',
  days: [weekdays[(now.getUTCDay() + 2) % 7]!],
  from: '00:00',
  to: '00:01',
}
const accountId = 'df30b2fa-adc8-47cb-a9f5-be90ae259827' as AccountId

export const balance: Balance = {
  currency: 'USDT',
  total: d('10000'),
  free: d('10000'),
  equity: d('10000'),
  lostSince: ZERO,
  observedAt: new Date(at(0)),
}

const basic = { riskPercent: decimal('1'), leverage: 10, maxNotional: null }

export function settings(follow: TradeSettings | null = null) {
  return resolveSettings(basic, { ...silent, follow })
}

export function candidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    followId: '78ca1450-a3a6-459d-ad1b-7c142ae9b2c1' as FollowId,
    accountId,
    userId: 'a12565e5-567b-432a-93b2-6349653010d9' as UserId,
    riskProfileId: '3d321572-52a0-4625-93d3-a4e91c73dcd2' as RiskProfileId,
    settings: settings(),
    active: true,
    followRevision: 1,
    account: { venue: 'binance-usdm', environment: 'live', connected: true, active: true, disconnectedBy: null },
    balance,
    lossBases: {},
    exposure: ZERO,
    lastLoss: null,
    entitlement: null,
    access: null,
    reserved: ZERO,
    positions: 0,
    open: null,
    waiting: null,
    opposite: null,
    ...changes,
  }
}

export function context(): GateContext {
  const plan = planOf()
  return {
    plan,
    sizing: sizingTerms(plan.prices, plan.instrument, policy, d('50000')),
    split: splitRulesOf(plan),
    byAlert: true,
    margin: true,
    netting: true,
    balanceAgeMaxMs: policy.balanceAgeMaxMs,
    now,
    switches: new EngagedSwitches([]),
    accountsSeen: new Map(),
    positionsTaken: new Map(),
    provider: ok(d('50000')),
    rates: new Rates([{ symbol: 'EUR/USDT', price: d('1.25'), observedAt: now }], {
      now,
      ageMaxMs: policy.rateAgeMaxMs,
    }),
    rateAgeMaxMs: policy.rateAgeMaxMs,
  }
}

export const signal: Signal = {
  ...asked,
  signalId: '01963a5e-0000-7000-8000-000000000001' as SignalId,
  strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419' as StrategyId,
  source: 'TRADINGVIEW',
  venue: 'binance-usdm',
  symbol: 'BTC/USDT',
  receivedAt: at(0),
  expiresAt: at(30_000),
}
