import type { AccountId, FollowId, UserId } from '@tradewire/kernel/ids'
import { err } from '@tradewire/kernel/result'
import { describe, expect, it } from 'vitest'
import { at, d } from '../../testing/bracket-fixtures.ts'
import { balance, candidate, context, settings } from '../../testing/gate-fixtures.ts'
import type { Entitlement } from './entitlement.ts'
import { type Candidate, type GateContext, judge } from './gate.ts'

const plan: Entitlement = {
  plan: 'Basic',
  endsAt: null,
  strategyAutomated: true,
  maxPositions: 2,
  maxBalance: null,
  positions: 0,
}
const short = { bracketId: 'x', side: 'sell', ending: false, kept: false } as const

/** A follower with a follow and an account of their own. */
const numbered = (number: number, changes: Partial<Candidate> = {}) =>
  candidate({ followId: `follow ${number}` as FollowId, accountId: `account ${number}` as AccountId, ...changes })

function codeOf(one: Candidate, of: GateContext = context()): string {
  const judgement = judge(one, of)
  return judgement.outcome === 'denied' ? judgement.denial.code : judgement.outcome
}

function contextOf(one: Candidate, of: GateContext = context()): unknown {
  const judgement = judge(one, of)
  return judgement.outcome === 'denied' ? judgement.denial.context : judgement.outcome
}

describe('followers of one signal', () => {
  it('share the positions of their plan where they are one user', () => {
    const of = context()
    const codes = [1, 2, 3].map((number) => codeOf(numbered(number, { entitlement: plan }), of))
    expect(codes).toEqual(['approved', 'approved', 'PLAN_LIMIT_REACHED'])
    expect(contextOf(numbered(4, { entitlement: plan }), of)).toEqual({ plan: 'Basic', positions: 2, maxPositions: 2 })
    expect(codeOf(numbered(5, { entitlement: plan, userId: 'another' as UserId }), of)).toBe('approved')
  })

  it('are as many as there are where the plan counts none', () => {
    const of = context()
    const unlimited = { ...plan, maxPositions: null }
    expect([1, 2, 3].map((number) => codeOf(numbered(number, { entitlement: unlimited }), of))).toEqual(
      Array.from({ length: 3 }, () => 'approved'),
    )
    expect(of.positionsTaken.size).toBe(0)
  })

  it('may turn the last position of their plan round', () => {
    const full = { ...plan, positions: 2 }
    expect(codeOf(numbered(1, { entitlement: full }))).toBe('PLAN_LIMIT_REACHED')
    expect(codeOf(numbered(1, { entitlement: full, open: short }))).toBe('waiting')
  })

  it('take part once for each account, whether the first one enters or waits; the same follow may be judged again', () => {
    for (const open of [null, short]) {
      const of = context()
      const first = candidate({ open })
      expect(codeOf(first, of)).toBe(open === null ? 'approved' : 'waiting')
      expect(contextOf(candidate({ followId: 'second' as FollowId }), of)).toEqual({ otherFollowId: first.followId })
      expect(codeOf(first, of)).not.toBe('ACCOUNT_ALREADY_IN_SIGNAL')
    }
  })
})

describe('a refusal', () => {
  it('holds the figures that led to it', () => {
    const account = {
      venue: 'paper',
      environment: 'paper',
      connected: true,
      active: true,
      disconnectedBy: null,
    } as const
    expect(contextOf(candidate({ account }))).toEqual({ account: 'paper', signal: 'binance-usdm' })
    expect(contextOf(candidate({ settings: settings({ symbols: ['ETH/USDT'] }) }))).toEqual({
      symbol: 'BTC/USDT',
      allowed: ['ETH/USDT'],
    })
    expect(contextOf(candidate({ settings: settings({ sides: ['sell'] }) }))).toEqual({
      side: 'buy',
      allowed: ['sell'],
    })
    expect(contextOf(candidate({ balance: { ...balance, currency: 'EUR' } }))).toEqual({
      balance: 'EUR',
      needed: 'USDT',
    })
  })

  it('for its risk keeps what was calculated, and orders nothing', () => {
    const judgement = judge(candidate({ settings: settings({ maxRiskPercent: '0.9' }) }), context())
    if (judgement.outcome !== 'denied') throw new Error(judgement.outcome)
    expect(judgement.sizing).toMatchObject({ bound: 'risk', quantity: '0', caps: { risk: '0.25' }, atRisk: '100' })
  })

  it('for the age of the balance comes after the last moment at which it may be traded on', () => {
    const told = (ms: number) => candidate({ balance: { ...balance, observedAt: new Date(at(1_000 - ms)) } })
    expect(codeOf(told(60_000))).toBe('approved')
    expect(codeOf(told(60_001))).toBe('STALE_BALANCE')
  })

  it('for limits that nobody can watch, or an equity that is not known, concerns only those who have such a setting', () => {
    const coins = { ...context(), margin: false }
    expect(codeOf(candidate(), coins)).toBe('approved')
    expect(codeOf(candidate({ settings: settings({ lossLimits: { dayPercent: '5' } }) }), coins)).toBe(
      'LOSS_LIMIT_NOT_WATCHED',
    )
    const unknown = { providerAccountId: null, equity: null, currency: null, needed: 'USDT', ageMs: null, ageMaxMs: 1 }
    const blind = (): GateContext => ({ ...context(), provider: err(unknown) })
    const proportional = candidate({ settings: settings({ sizing: { mode: 'proportional', value: '1' } }) })
    expect(contextOf(proportional, blind())).toEqual(unknown)
    expect(codeOf(candidate(), blind())).toBe('approved')
    expect(codeOf(proportional)).toBe('approved')
    expect(codeOf(candidate({ lastLoss: { lost: d('1'), closedAt: new Date(at(1_000)) } }))).toBe('approved')
  })
})
