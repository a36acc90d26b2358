/**
 * What a user's plan allows, and what speaks against an entry by it. Called by the gate for users who have a plan.
 * Must never speak against anybody of whom no plan was told: a system in which nobody sells plans has no limits of plans.
 */
import type { DenialContext } from '@tradewire/contracts/denials/all'
import type { Decimal } from '@tradewire/kernel/decimal'

export interface Entitlement {
  readonly plan: string
  /** From this moment on no entries; null for no end. */
  readonly endsAt: Date | null
  readonly maxPositions: number | null
  readonly maxBalance: Decimal | null
  /** Whether it takes part in alerts. */
  readonly strategyAutomated: boolean
  /** Positions and entries under way on all accounts of the user, without those of the signal that is planned. */
  readonly positions: number
}

export function endAgainst(entitlement: Entitlement | null, now: Date): DenialContext<'PLAN_ENDED'> | null {
  if (entitlement === null) return null
  const { plan, endsAt } = entitlement
  return endsAt === null || now < endsAt ? null : { plan, endedAt: endsAt.toISOString(), now: now.toISOString() }
}

export function alertsAgainst(
  entitlement: Entitlement | null,
  { byAlert }: { readonly byAlert: boolean },
): DenialContext<'PLAN_BY_HAND_ONLY'> | null {
  if (entitlement === null || entitlement.strategyAutomated || !byAlert) return null
  return { plan: entitlement.plan }
}

/** `taken`: what accounts of the same user have got of this signal so far, less a position that makes room for it. */
export function positionsAgainst(
  entitlement: Entitlement | null,
  taken: number,
): DenialContext<'PLAN_LIMIT_REACHED'> | null {
  if (entitlement === null || entitlement.maxPositions === null) return null
  const { plan, maxPositions } = entitlement
  const positions = entitlement.positions + taken
  return positions < maxPositions ? null : { plan, positions, maxPositions }
}

export function balanceAgainst(
  entitlement: Entitlement | null,
  balance: { readonly total: Decimal; readonly currency: string } | null,
): DenialContext<'BALANCE_LIMIT_EXCEEDED'> | null {
  if (entitlement === null || entitlement.maxBalance === null || balance === null) return null
  const { plan, maxBalance } = entitlement
  const { total, currency } = balance
  return total.lte(maxBalance) ? null : { plan, balance: total.toString(), currency, maxBalance: maxBalance.toString() }
}
