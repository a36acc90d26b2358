/**
 * What the gate goes by in each environment in which a signal has a plan. Called by the planner once per signal.
 * Must never keep apart what one follower's judgement means for the next: a user may have accounts in several.
 */
import type { AccountEnvironment } from '@tradewire/contracts/common'
import type { AccountId, FollowId, UserId } from '@tradewire/kernel/ids'
import { type PlanningPolicy, type SignalPlan, splitRulesOf } from '../planning/signal-plan.ts'
import { eachPlan, type SignalPlans } from '../planning/signal-plans.ts'
import { venueCapabilities } from '../planning/venue-capabilities.ts'
import { type ProviderAccount, providerEquity } from '../sizing/provider.ts'
import { ratesByEnvironment, type VenueRate } from '../sizing/rates.ts'
import { sizingTerms } from '../sizing/sizing.ts'
import { EngagedSwitches, type KillSwitch } from '../stopping/kill-switch.ts'
import type { GateContext } from './gate.ts'

export type GateContexts = Readonly<Partial<Record<AccountEnvironment, GateContext>>>

interface Facts {
  readonly byAlert: boolean
  readonly provider: ProviderAccount | null
  readonly rates: readonly VenueRate[]
  readonly killSwitches: readonly KillSwitch[]
  readonly takingPart: ReadonlyMap<AccountId, FollowId>
}

export function gateContexts(plans: SignalPlans, known: Facts, policy: PlanningPolicy, now: Date): GateContexts {
  const { balanceAgeMaxMs, rateAgeMaxMs } = policy
  const rates = ratesByEnvironment(known.rates, { now, ageMaxMs: rateAgeMaxMs })
  const shared = {
    byAlert: known.byAlert,
    balanceAgeMaxMs,
    rateAgeMaxMs,
    now,
    switches: new EngagedSwitches(known.killSwitches),
    accountsSeen: new Map(known.takingPart),
    positionsTaken: new Map<UserId, number>(),
  }
  const contextIn = (environment: AccountEnvironment, plan: SignalPlan): GateContext => {
    const { margin, netting } = venueCapabilities[plan.venue]
    const provider = providerEquity(known.provider, plan.instrument.quote, { now, ageMaxMs: balanceAgeMaxMs, rates })
    return {
      ...shared,
      plan,
      sizing: sizingTerms(plan.prices, plan.instrument, policy, provider.ok ? provider.value : null),
      split: splitRulesOf(plan),
      margin,
      netting,
      provider,
      rates: rates[environment],
    }
  }
  return eachPlan(plans, contextIn)
}
