/**
 * What of the planning belongs to one follower, as JSON: its settings, balance, sizing and split, or its denial.
 * Called by the planning store and, back again, by the explain read. Must never hold what all followers of a signal share.
 */
import type { Candidate } from '../domain/gate/gate.ts'
import type { PlanningTrace, UnusedMoney } from '../domain/explain/planning-trace.ts'
import type { PlannedBracket } from '../ports/planning.port.ts'

export function traceJson({ candidate, sizing, result, waited }: PlannedBracket): string {
  const { balance } = candidate
  const trace: PlanningTrace = {
    riskProfileId: candidate.riskProfileId,
    followRevision: candidate.followRevision,
    settings: candidate.settings.sources.map(({ name, value, source }) => [name, value, source]),
    sizing,
    unused: sizing === null || sizing.conversion !== undefined ? unusedOf(candidate) : null,
    balance: balance && {
      currency: balance.currency,
      observedMs: balance.observedAt.getTime(),
      lostSince: balance.lostSince.toString(),
    },
    split: result.outcome === 'approved' ? result.order.split.parts.map(({ quantity }) => quantity.toString()) : null,
    merged: result.outcome === 'approved' ? result.order.split.merged : [],
    denial: result.outcome === 'denied' ? result.denial : null,
    ...(waited && { waited }),
  }
  return JSON.stringify(trace)
}

function unusedOf({ reserved, balance }: Candidate): UnusedMoney {
  return {
    reserved: reserved.toString(),
    total: balance?.total.toString() ?? null,
    free: balance?.free.toString() ?? null,
    equity: balance?.equity.toString() ?? null,
  }
}
