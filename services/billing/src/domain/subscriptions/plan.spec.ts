import { describe, expect, it } from 'vitest'
import { money } from '../money/money.ts'
import { type Plan, planInForce, planPrice } from './plan.ts'

const on = (day: number) => new Date(Date.UTC(2026, 0, day))

function planOf(id: string, part: Partial<Plan> = {}): Plan {
  return {
    id,
    name: id,
    monthlyMinor: 1_000n,
    maxBalance: null,
    maxApiKeys: 1,
    maxPositions: null,
    private: false,
    strategyAutomated: true,
    premium: false,
    default: false,
    trialDays: 0,
    stripePriceId: null,
    removedAt: null,
    createdAt: on(1),
    updatedAt: on(1),
    ...part,
  }
}

const plans = [planOf('FREE', { default: true }), planOf('BASIC'), planOf('PRO')]
const paid = (planId: string, until: number) => ({ userId: 'u', planId, begunAt: on(1), servedUntil: on(until) })
const inForce = (held: readonly ReturnType<typeof paid>[], of: readonly Plan[] = plans) =>
  planInForce(held, of, on(10))?.plan.id

describe('the plan in force', () => {
  it('is the one that is served longest, whichever was begun first', () => {
    expect(inForce([paid('BASIC', 20), paid('PRO', 30)])).toBe('PRO')
    expect(inForce([paid('PRO', 30), paid('BASIC', 20)])).toBe('PRO')
  })

  it("is everyone's from the moment on in which what was paid is over", () => {
    expect(inForce([paid('BASIC', 11)])).toBe('BASIC')
    expect(inForce([paid('BASIC', 10)])).toBe('FREE')
    expect(inForce([])).toBe('FREE')
  })

  it("is what there was, ended, where there is no plan of everyone's, and none where nothing was", () => {
    expect(planInForce([paid('BASIC', 9)], plans.slice(1), on(10))).toMatchObject({ servedUntil: on(9) })
    expect(inForce([], plans.slice(1))).toBeUndefined()
  })
})

describe('the price of a plan', () => {
  it('is that of all the months of a cycle', () => {
    expect(planPrice(planOf('PRO'), 'monthly')).toEqual(money(1_000n, 'USD'))
    expect(planPrice(planOf('PRO'), 'yearly')).toEqual(money(12_000n, 'USD'))
  })

  it.each([{ monthlyMinor: null }, { monthlyMinor: 0n }, { removedAt: on(2) }])('does not exist with %o', (part) => {
    expect(planPrice(planOf('PRO', part), 'monthly')).toBeUndefined()
  })
})
