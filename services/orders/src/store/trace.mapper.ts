/**
 * What of the planning belongs to one follower, as JSON: its settings, balance, sizing and split, or its denial.
 * Called by the planning store and, back again, by the explain read. Must never hold what all followers of a signal share.
 */
import type { PlanningTrace } from '../domain/planning-trace.ts'
import type { PlannedBracket } from '../ports/planning.port.ts'

export function traceJson({ candidate, sizing, result }: PlannedBracket): string {
  const { balance } = candidate
  const trace: PlanningTrace = {
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
