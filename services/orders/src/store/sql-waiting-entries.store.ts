/**
 * Waiting entries in PostgreSQL: a small queue beside the brackets, empty most of the time, so that looking costs nothing.
 * Called through the WaitingEntries port. Must never take an entry out of the queue without saying what became of it.
 */
import { Injectable } from '@nestjs/common'
import type { Denial } from '@tradewire/contracts/denials/all'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountId, BracketId, FollowId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import { plannerMoves } from '../domain/bracket/bracket.ts'
import type { SignalData } from '../domain/planning/accepted-signal.ts'
import {
  type DueEntry,
  type DueSignal,
  WaitingEntries,
  type WaitingEntry,
  type WaitingScope,
} from '../ports/waiting-entries.port.ts'

/** The brackets are looked up one by one: a join would read them all to find that nothing waits. */
const toCloseSql = `select distinct on (x.bracket_id) x.bracket_id, w.trace
from waiting_entry w cross join lateral (
  select bracket_id from bracket
  where bracket_id = w.waits_for and close_requested_at is null and state in ('planned', 'entering', 'open', 'protected')
  limit 1
) x
where w.closes and w.look_at <= $1 order by x.bracket_id limit $2`

/** Proven gone: no order of it can execute any more, and what it lost or gave back is known. */
const dueSql = `select b.bracket_id, b.signal_id, b.strategy_id, b.follow_id, b.account_id, b.user_id, w.waits_for, w.closes,
  w.since, w.trace, p.signal
from waiting_entry w join bracket b on b.bracket_id = w.bracket_id join bracket x on x.bracket_id = w.waits_for
  join signal_plan p on p.signal_id = b.signal_id
where w.look_at <= $1
  and (w.expires_at <= $1 or (not x.holds_slot and (x.state = 'failed' or x.closed_at is not null)))
order by b.signal_id, b.bracket_id limit $2`

const putOffSql = `update waiting_entry set look_at = $2 where bracket_id = any ($1::uuid[]) or waits_for = any ($1::uuid[])`

const withdrawSql = `with gone as (
  delete from waiting_entry where bracket_id in (
    select b.bracket_id from waiting_entry w join bracket b on b.bracket_id = w.bracket_id
    where ($1::uuid[] is null or b.bracket_id = any ($1)) and ($2::uuid is null or b.strategy_id = $2)
      and ($3::uuid is null or b.follow_id = $3) and ($4::uuid is null or b.account_id = $4)
  ) returning bracket_id
)
update bracket b set state = '${plannerMoves.denied}', denial_code = $5, denial_context = $6::json
from gone where b.bracket_id = gone.bracket_id and b.state = '${plannerMoves.waiting}'
returning b.bracket_id, b.signal_id, b.strategy_id, b.follow_id, b.account_id, b.user_id`

interface WaitingRow {
  readonly bracket_id: string
  readonly signal_id: string
  readonly strategy_id: string
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
}

interface DueRow extends WaitingRow {
  readonly waits_for: string
  readonly closes: boolean
  readonly since: Date
  readonly trace: string | null
  readonly signal: SignalData
}

@Injectable()
export class SqlWaitingEntries extends WaitingEntries {
  constructor(private readonly database: Database) {
    super()
  }

  async toClose(now: Date, limit: number): Promise<{ bracketId: string; trace: string | null }[]> {
    const rows = await this.database.query<{ bracket_id: string; trace: string | null }>(toCloseSql, [now, limit])
    return rows.map(({ bracket_id: bracketId, trace }) => ({ bracketId, trace }))
  }

  async due(now: Date, limit: number): Promise<DueSignal[]> {
    const rows = await this.database.query<DueRow>(dueSql, [now, limit])
    return [...Map.groupBy(rows, (row) => row.signal_id).values()].map((group) => {
      const { signal: data, trace } = group[0]!
      return { data, trace, entries: group.map(toDueEntry) }
    })
  }

  async putOff(tx: Transaction, bracketIds: readonly string[], until: Date): Promise<void> {
    await tx.query(putOffSql, [bracketIds, until])
  }

  async withdraw(tx: Transaction, of: WaitingScope, { code, context }: Denial): Promise<WaitingEntry[]> {
    const { bracketIds = null, strategyId = null, followId = null, accountId = null } = of
    const scope = [bracketIds, strategyId, followId, accountId]
    const rows = await tx.query<WaitingRow>(withdrawSql, [...scope, code, JSON.stringify(context)])
    return rows.map(toEntry)
  }
}

function toDueEntry(row: DueRow): DueEntry {
  const { waits_for: waitsFor, closes, since } = row
  return { ...toEntry(row), waited: { waitsFor, closes, since: since.toISOString() } }
}

function toEntry(row: WaitingRow): WaitingEntry {
  return {
    bracketId: row.bracket_id as BracketId,
    signalId: row.signal_id as SignalId,
    strategyId: row.strategy_id as StrategyId,
    followId: row.follow_id as FollowId,
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
  }
}
