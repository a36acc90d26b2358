/**
 * What is kept of one follower's planning, for the explain answer: settings, balance, sizing, split or denial.
 * Written by the planner's store and read by explain. Must never hold what all followers of a signal share.
 */
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Waited } from '../gate/open-position.ts'
import type { SettingLayer } from '../sizing/settings.ts'
import type { SizingTrace } from '../sizing/sizing.ts'

export interface PlanningTrace {
  readonly riskProfileId: string
  readonly followRevision: number
  /** Each setting in force: name, value, who said it. */
  readonly settings: readonly (readonly [string, string, SettingLayer])[]
  /** The follower's money and settings as sizing used them; null when a check refused before. */
  readonly sizing: SizingTrace | null
  /** What sizing would have used, when it was not reached; what it converted, when it did. */
  readonly unused: UnusedMoney | null
  /** Null without a balance. */
  readonly balance: { readonly currency: string; readonly observedMs: number; readonly lostSince: string } | null
  /** Quantities by target, nearest first. */
  readonly split: readonly string[] | null
  readonly merged: readonly (readonly [number, number])[]
  readonly denial: Denial | null
  /** Only of an entry that had to wait. */
  readonly waited?: Waited
}

export interface UnusedMoney {
  readonly reserved: string
  readonly total: string | null
  readonly free: string | null
  readonly equity: string | null
}
