/**
 * What a follower has chosen for the time after the entry: when the stop moves, and what follows when none can stand.
 * Resolved from settings at planning and kept with the bracket. Must never change while the bracket lives.
 */
import type { StopFailurePolicy } from '@tradewire/contracts/trade-settings'
import { type Decimal, ZERO } from '@tradewire/kernel/decimal'

export interface ExitRules {
  /** The stop moves to the entry once this target is filled, counted from the nearest; null for never. */
  readonly moveStopAfterTarget: number | null
  /** How far beyond the entry, on the side of profit, the moved stop stands. */
  readonly moveStopOffsetPercent: Decimal
  readonly onStopFailure: StopFailurePolicy
}

export const exitRulesDefault: ExitRules = {
  moveStopAfterTarget: null,
  moveStopOffsetPercent: ZERO,
  onStopFailure: 'retry-then-flatten',
}
