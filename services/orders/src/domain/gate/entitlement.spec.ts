import type { UserId } from '@tradewire/kernel/ids'
import { describe, expect, it } from 'vitest'
import { at, d } from '../../testing/bracket-fixtures.ts'
import { candidate, context, now } from '../../testing/gate-fixtures.ts'
import type { Entitlement } from './entitlement.ts'
import { type Candidate, judge } from './gate.ts'

const unlimited: Entitlement = {
  plan: 'STARTER',
  endsAt: null,
  maxPositions: null,
  maxBalance: null,
  strategyAutomated: true,
  positions: 7,
}

const accountIds = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']

function outcome(limits: Partial<Entitlement>, shared = context(), changes: Partial<Candidate> = {}): string {
  const judgement = judge(candidate({ entitlement: { ...unlimited, ...limits }, ...changes }), shared)
  return judgement.outcome === 'denied' ? judgement.denial.code : 'approved'
}

describe('what a plan allows', () => {
  it('is everything where nothing is limited', () => {
    expect(outcome({})).toBe('approved')
  })

  it('reaches up to each limit', () => {
    expect(outcome({ endsAt: new Date(now.getTime() + 1) })).toBe('approved')
    expect(outcome({ endsAt: now })).toBe('PLAN_ENDED')
    expect(outcome({ maxPositions: 8 })).toBe('approved')
    expect(outcome({ maxPositions: 7 })).toBe('PLAN_LIMIT_REACHED')
    expect(outcome({ maxBalance: d('10000') })).toBe('approved')
    expect(outcome({ maxBalance: d('9999.99') })).toBe('BALANCE_LIMIT_EXCEEDED')
  })

  it('is without alerts what is sent by hand', () => {
    const byHandOnly = { strategyAutomated: false }
    expect(outcome(byHandOnly)).toBe('PLAN_BY_HAND_ONLY')
    expect(outcome(byHandOnly, { ...context(), byAlert: false })).toBe('approved')
  })

  it('is counted over all accounts of the user within one signal, and for each user alone', () => {
    const shared = context()
    const accounts = accountIds.map((accountId) => ({ accountId }) as Pick<Candidate, 'accountId'>)
    expect(outcome({ maxPositions: 8 }, shared, accounts[0])).toBe('approved')
    expect(outcome({ maxPositions: 8 }, shared, accounts[1])).toBe('PLAN_LIMIT_REACHED')
    expect(outcome({ maxPositions: 8 }, shared, { ...accounts[1], userId: at(0) as UserId })).toBe('approved')
  })
})
