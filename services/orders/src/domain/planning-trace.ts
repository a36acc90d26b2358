/**
 * What is kept of one follower's planning, for the explain answer: settings, balance, sizing, split or denial.
 * Written by the planner's store and read by explain. Must never hold what all followers of a signal share.
 */
import type { ErrorContext } from '@tradewire/kernel/errors'
import type { SizingTrace } from './sizing.ts'

export interface PlanningTrace {
  readonly riskProfileId: string
  readonly followRevision: number
  readonly riskPercent: string
  readonly leverage: number
  readonly maxNotional: string | null
  /** In milliseconds since 1970; null without a balance. */
  readonly balance: {
    readonly currency: string
    readonly total: string
    readonly free: string
    readonly equity: string
    readonly observedMs: number
  } | null
  readonly reserved: string
  readonly sizing: SizingTrace | null
  /** Quantities by target, nearest first. */
  readonly split: readonly string[] | null
  readonly merged: readonly (readonly [number, number])[]
  readonly denial: { readonly code: string; readonly context: ErrorContext } | null
}
