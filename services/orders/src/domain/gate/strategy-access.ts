/**
 * Whether a follower has paid for a strategy that costs something. Called by the gate.
 * Must never speak against an exit: what is open is ended by its stop and targets, or as the follower has chosen.
 */
import type { DenialContext } from '@tradewire/contracts/denials/all'

/** Null for a strategy that costs nothing, and for the one who offers it. */
export type StrategyAccess = {
  /** With the days of grace in it; null when nothing was ever paid. */
  readonly servedUntil: Date | null
} | null

export function unpaidAgainst(access: StrategyAccess, now: Date): DenialContext<'STRATEGY_NOT_PAID'> | null {
  if (access === null) return null
  const { servedUntil } = access
  if (servedUntil !== null && now < servedUntil) return null
  return { servedUntil: servedUntil?.toISOString() ?? null, now: now.toISOString() }
}
