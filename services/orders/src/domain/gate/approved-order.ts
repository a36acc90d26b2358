/**
 * The gate's only successful output: a sized bracket for one follower that passed every check (style rule 8).
 * Made by the gate alone; taken by the planner, which turns it into a stored bracket and its entry order.
 */
import type { Decimal } from '@tradewire/kernel/decimal'
import type { TargetSplit } from '../exits/targets.ts'

declare const brand: unique symbol

export interface BracketPlan {
  readonly quantity: Decimal
  /** To be set on the account before the entry; null where the venue has no margin. */
  readonly leverage: number | null
  /** As the entry would be split if it fills whole. */
  readonly split: TargetSplit
}

export type ApprovedOrder = BracketPlan & { readonly [brand]: 'ApprovedOrder' }

/** Called by the gate, after its last check. */
export function approved(plan: BracketPlan): ApprovedOrder {
  return plan as ApprovedOrder
}
