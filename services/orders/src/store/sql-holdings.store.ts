/**
 * Holdings and losses in PostgreSQL, in bulk. Called through the Holdings port by the planning store.
 * Must never lock accounts in another order than theirs: two plannings would wait for each other.
 */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { Decimal } from '@tradewire/kernel/decimal'
import type { Candidate, LastLoss } from '../domain/gate/gate.ts'
import { Holdings } from '../ports/holdings.port.ts'

const minuteMs = 60_000

/** In the order in which followers come, so one planning takes its locks in this order from its first to its last. */
const lockSql = `select 1 from account join unnest($1::uuid[]) with ordinality as o (account_id, place) using (account_id)
order by o.place for no key update of account`

/** A statement of its own: it sees what was planned while the one before waited for its locks. */
const heldSql = `select account_id, count(*)::int as positions, coalesce(sum(margin * coalesce(leverage, 1) * coalesce(rate, 1)), 0) as exposure
from bracket where account_id = any ($1::uuid[]) and holds_slot group by account_id`

const lossSql = `select distinct on (follow_id) follow_id, closed_at, -realized_pnl * coalesce(rate, 1) as lost
from bracket where account_id = any ($1::uuid[]) and closed_at > $2 and follow_id = any ($3::uuid[]) and realized_pnl < 0
order by follow_id, closed_at desc`

interface HeldRow {
  readonly account_id: string
  readonly positions: number
  readonly exposure: string
}

interface LossRow {
  readonly follow_id: string
  readonly closed_at: Date
  readonly lost: string
}

@Injectable()
export class SqlHoldings extends Holdings {
  async of(tx: Transaction, candidates: readonly Candidate[], now: Date): Promise<Candidate[]> {
    return this.withLosses(tx, await this.withHeld(tx, candidates), now)
  }

  private async withHeld(tx: Transaction, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const counted = new Set(candidates.filter(countsAccount).map(({ accountId }) => accountId))
    if (counted.size === 0) return candidates
    await tx.query(lockSql, [[...counted]])
    const rows = await tx.query<HeldRow>(heldSql, [[...counted]])
    const held = new Map(rows.map(({ account_id: id, ...row }) => [id, row]))
    return candidates.map((candidate) => {
      if (!counted.has(candidate.accountId)) return candidate
      const { positions, exposure } = held.get(candidate.accountId) ?? { positions: 0, exposure: '0' }
      return { ...candidate, positions, exposure: new Decimal(exposure) }
    })
  }

  private async withLosses(tx: Transaction, candidates: readonly Candidate[], now: Date): Promise<Candidate[]> {
    const cooling = candidates.filter(({ settings }) => settings.coolingOffMinutes !== null)
    if (cooling.length === 0) return [...candidates]
    const longestMs = Math.max(...cooling.map(({ settings }) => settings.coolingOffMinutes!)) * minuteMs
    const rows = await tx.query<LossRow>(lossSql, [
      cooling.map(({ accountId }) => accountId),
      new Date(now.getTime() - longestMs),
      cooling.map(({ followId }) => followId),
    ])
    const losses = new Map<string, LastLoss>(
      rows.map((row) => [row.follow_id, { lost: new Decimal(row.lost), closedAt: row.closed_at }]),
    )
    return candidates.map((candidate) => ({ ...candidate, lastLoss: losses.get(candidate.followId) ?? null }))
  }
}

function countsAccount({ settings }: Candidate): boolean {
  return settings.maxPositions !== null || settings.maxExposure !== null || settings.maxExposurePercent !== null
}
