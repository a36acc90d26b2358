/** What the platform sells by itself, and what it allows. Called by use cases and stores. Must never allow what a plan does not say. */
import type { Decimal } from '@tradewire/kernel/decimal'
import { monthsOf, type BillingCycle } from './billing-cycle.ts'
import { money, times, type Money } from '../money/money.ts'

export interface Plan {
  readonly id: string
  readonly name: string
  /** In the smallest unit of planCurrency; null when it is not sold by itself. */
  readonly monthlyMinor: bigint | null
  readonly maxBalance: Decimal | null
  readonly maxApiKeys: number
  readonly maxPositions: number | null
  readonly private: boolean
  readonly strategyAutomated: boolean
  readonly premium: boolean
  readonly default: boolean
  readonly trialDays: number
  /** Of its monthly price at the provider that keeps a catalogue of its own; null while it does not stand there. */
  readonly stripePriceId: string | null
  /** Sold no longer since then; who has it keeps it. */
  readonly removedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Plans are priced in this one. */
export const planCurrency = 'USD'

/** What a cycle of the plan costs; undefined when it cannot be bought. */
export function planPrice({ monthlyMinor, removedAt }: Plan, cycle: BillingCycle): Money | undefined {
  if (monthlyMinor === null || monthlyMinor === 0n || removedAt !== null) return undefined
  return times(money(monthlyMinor, planCurrency), monthsOf(cycle))
}

/** What a user may do, as a whole. */
export interface Entitlement {
  readonly plan: string
  /** ISO 8601; null for no end. */
  readonly endsAt: string | null
  readonly maxPositions: number | null
  readonly maxBalance: string | null
  readonly maxApiKeys: number
  readonly strategyAutomated: boolean
}

export interface HeldPlan {
  readonly plan: Plan
  /** Until when it is served; null for the default plan, which has no end. */
  readonly servedUntil: Date | null
  /** Null for the default plan: nobody begins it. */
  readonly begunAt: Date | null
}

/** A plan that a user has paid for, as subscriptions know it. */
export interface PaidPlan {
  readonly userId: string
  readonly planId: string
  readonly servedUntil: Date
  readonly begunAt: Date
}

/** The plan that is served longest; the default plan when none is; what there was, ended, when there is no default. */
export function planInForce(paid: readonly PaidPlan[], plans: readonly Plan[], now: Date): HeldPlan | undefined {
  const held = paid.flatMap(({ planId, servedUntil, begunAt }) => {
    const plan = plans.find(({ id }) => id === planId)
    return plan === undefined ? [] : [{ plan, servedUntil, begunAt }]
  })
  const byEnd = held.toSorted((left, right) => right.servedUntil.getTime() - left.servedUntil.getTime())
  const longest = byEnd[0]
  if (longest !== undefined && longest.servedUntil > now) return longest
  const everyones = plans.find((plan) => plan.default)
  return everyones === undefined ? longest : { plan: everyones, servedUntil: null, begunAt: null }
}

export function entitlementOf({ plan, servedUntil }: HeldPlan): Entitlement {
  const { name, maxPositions, maxBalance, maxApiKeys, strategyAutomated } = plan
  return {
    plan: name,
    endsAt: servedUntil?.toISOString() ?? null,
    maxPositions,
    maxBalance: maxBalance?.toString() ?? null,
    maxApiKeys,
    strategyAutomated,
  }
}
