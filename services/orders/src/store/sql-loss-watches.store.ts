/**
 * Loss limits and their bases in PostgreSQL. Called through the LossWatches port.
 * Must never cost accounts without limits more than one look into an index.
 */
import { Injectable } from '@nestjs/common'
import type { Venue } from '@tradewire/contracts/common'
import { TransactionConflictError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { Decimal } from '@tradewire/kernel/decimal'
import type { FollowId } from '@tradewire/kernel/ids'
import { type Bases, restarted } from '../domain/stopping/loss-limit.ts'
import type { BalanceNews } from '../ports/facts.port.ts'
import { LossWatches, type StoredBases, type WatchedFollow } from '../ports/loss-watches.port.ts'
import { Columns, plain, text } from './columns.mapper.ts'
import { type FollowSettingsRow, SettingsReader } from './settings.mapper.ts'

const news = new Columns<BalanceNews>([
  plain('account_id', 'uuid', ({ accountId }) => accountId),
  text('currency', 'text', ({ currency }) => currency),
  plain('equity', 'numeric', ({ equity }) => equity),
  plain('observed_at', 'timestamptz', ({ observedAt }) => observedAt),
])

/**
 * Also of a follow that is paused or left, while it holds something. The settings are text: those that name no loss limit
 * are left out before anything is parsed.
 */
const watchedSql = `select f.follow_id, f.user_id, f.risk_percent, f.leverage, f.max_notional, f.profile_settings, f.settings,
  l.settings as account_settings, a.venue, s.owner_id, s.settings as strategy_settings, p.settings as platform_settings, w.bases, coalesce(w.revision, 0) as revision,
  n.currency, n.equity, n.observed_at, b.equity as known_equity, b.observed_at as known_at
from ${news.unnest('n')}
join follow f on f.account_id = n.account_id and (f.active or exists (
    select from bracket x where x.account_id = f.account_id and x.follow_id = f.follow_id and x.holds_slot
  ))
join strategy s on s.strategy_id = f.strategy_id
left join account a on a.account_id = f.account_id
left join layer_settings l on l.scope = 'account' and l.scope_id = f.account_id
left join layer_settings p on p.scope = 'platform'
left join loss_watch w on w.follow_id = f.follow_id
left join balance b on b.account_id = n.account_id and b.currency = n.currency
where strpos(concat(f.settings, f.profile_settings, s.settings, l.settings, p.settings), '"lossLimits"') > 0`

const saved = new Columns<StoredBases>([
  plain('follow_id', 'uuid', ({ followId }) => followId),
  text('bases', 'text', ({ bases }) => JSON.stringify(bases)),
  plain('revision', 'int', ({ revision }) => revision),
])

/** In order, so that two transactions cannot wait for each other. */
const saveSql = `insert into loss_watch (follow_id, bases, revision)
select follow_id, bases::json, revision + 1 from ${saved.unnest('n')} order by follow_id
on conflict (follow_id) do update set bases = excluded.bases, revision = excluded.revision
  where loss_watch.revision = excluded.revision - 1
returning follow_id`

interface WatchedRow extends FollowSettingsRow {
  readonly follow_id: FollowId
  readonly user_id: string
  readonly venue: Venue | null
  readonly owner_id: string
  readonly strategy_settings: string | null
  readonly platform_settings: string | null
  readonly bases: Bases | null
  readonly revision: number
  readonly currency: string
  readonly equity: string
  readonly observed_at: Date
  readonly known_equity: string | null
  readonly known_at: Date | null
}

@Injectable()
export class SqlLossWatches extends LossWatches {
  async watched(tx: Transaction, told: readonly BalanceNews[]): Promise<WatchedFollow[]> {
    const rows = await tx.query<WatchedRow>(watchedSql, news.parameters(told))
    const reader = new SettingsReader()
    return rows.map((row) => toWatched(row, reader))
  }

  async save(tx: Transaction, changed: readonly StoredBases[]): Promise<void> {
    const rows = await tx.query(saveSql, saved.parameters(changed))
    if (rows.length < changed.length) throw new TransactionConflictError('40001', 'other news of an account came first')
  }

  async restart(tx: Transaction, followId: string, killSwitchId: string): Promise<void> {
    const sql = 'select bases, revision from loss_watch where follow_id = $1 for update'
    const [row] = await tx.query<{ bases: Bases; revision: number }>(sql, [followId])
    if (row === undefined) return
    const { bases, revision } = row
    await this.save(tx, [{ followId: followId as FollowId, bases: restarted(bases, killSwitchId), revision }])
  }
}

function toWatched(row: WatchedRow, reader: SettingsReader): WatchedFollow {
  const { currency, known_equity: equity, known_at: observedAt } = row
  return {
    followId: row.follow_id,
    userId: row.user_id,
    venue: row.venue,
    ownerId: row.owner_id,
    settings: reader.resolved(row, {
      platform: reader.of(row.platform_settings),
      strategy: reader.of(row.strategy_settings),
    }),
    bases: row.bases ?? {},
    revision: row.revision,
    told: { currency, equity: new Decimal(row.equity), observedAt: row.observed_at },
    known: equity === null || observedAt === null ? null : { currency, equity: new Decimal(equity), observedAt },
  }
}
