/**
 * What of the planning belongs to one follower, as JSON: its settings, balance, sizing and split, or its denial.
 * Called by the planning store and, back again, by the explain read. Must never hold what all followers of a signal share.
 */
import type { ErrorContext } from '@tradewire/kernel/errors'
import type { SizingTrace } from '../domain/sizing.ts'
import type { PlannedBracket } from '../ports/planning.port.ts'

export interface TraceJson {
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

export function traceJson({ candidate, sizing, result }: PlannedBracket): string {
  const { balance } = candidate
  const trace: TraceJson = {
    riskProfileId: candidate.riskProfileId,
    followRevision: candidate.followRevision,
    riskPercent: candidate.riskPercent.toString(),
    leverage: candidate.leverage,
    maxNotional: candidate.maxNotional?.toString() ?? null,
    balance: balance && {
      currency: balance.currency,
      total: balance.total.toString(),
      free: balance.free.toString(),
      equity: balance.equity.toString(),
      observedMs: balance.observedAt.getTime(),
    },
    reserved: candidate.reserved.toString(),
    sizing,
    split: result.outcome === 'approved' ? result.order.split.parts.map(({ quantity }) => quantity.toString()) : null,
    merged: result.outcome === 'approved' ? result.order.split.merged : [],
    denial: result.outcome === 'denied' ? result.denial : null,
  }
  return JSON.stringify(trace)
}
