/** Kill switches in PostgreSQL. Called through the KillSwitches port. Must never delete one: the table is their history. */
import { Injectable } from '@nestjs/common'
import type { LossFigures } from '@tradewire/contracts/loss-figures'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { StrategyId } from '@tradewire/kernel/ids'
import type {
  KillSwitch,
  KillSwitchCause,
  KillSwitchMode,
  KillSwitchScope,
  ReleaseRequest,
} from '../domain/stopping/kill-switch.ts'
import { type KillSwitchFilter, KillSwitches } from '../ports/kill-switches.port.ts'
import { Columns, plain, text } from './columns.mapper.ts'
import { chunksLockSql, planningLockSql } from './planning-locks.store.ts'

interface Row {
  readonly id: string
  readonly scope: KillSwitchScope
  readonly scope_id: string | null
  readonly mode: KillSwitchMode
  readonly cause: KillSwitchCause
  readonly reason: string
  readonly loss: LossFigures | null
  readonly engaged_by: string | null
  readonly by_operator: boolean
  readonly engaged_at: Date
  readonly ends_at: Date | null
  readonly released_at: Date | null
  readonly released_by: string | null
  readonly release_digest: string | null
  readonly release_requested_at: Date | null
}

const columns = `k.id, k.scope, k.scope_id, k.mode, k.cause, k.reason, k.loss, k.engaged_by, k.by_operator, k.engaged_at,
  k.ends_at, k.released_at, k.released_by, k.release_digest, k.release_requested_at`

const engaged = new Columns<KillSwitch>([
  plain('id', 'uuid', ({ id }) => id),
  plain('scope', 'text', ({ scope }) => scope),
  plain('scope_id', 'uuid', ({ scopeId }) => scopeId),
  plain('mode', 'text', ({ mode }) => mode),
  plain('cause', 'text', ({ cause }) => cause),
  text('reason', 'text', ({ reason }) => reason),
  text('loss', 'json', ({ loss }) => loss && JSON.stringify(loss)),
  plain('engaged_by', 'uuid', ({ engagedBy }) => engagedBy),
  plain('by_operator', 'boolean', ({ byOperator }) => byOperator),
  plain('engaged_at', 'timestamptz', ({ engagedAt }) => engagedAt.toISOString()),
  plain('ends_at', 'timestamptz', ({ endsAt }) => endsAt?.toISOString() ?? null),
])

const engageSql = `insert into kill_switch (${engaged.names}, applied_at)
select *, case when n.mode = 'exit-only' then n.engaged_at end from ${engaged.unnest('n')}`

/** A follower's switch is read only for the strategy that it follows: a bad day of the market engages thousands. */
const engagedForSql = `select ${columns} from kill_switch k
where k.released_at is null and (k.scope = 'platform' or k.scope in ('strategy', 'source') and k.scope_id = $1
  or k.scope = 'follow' and k.scope_id in (select follow_id from follow where strategy_id = $1 and active)
  or k.scope = 'account' and k.scope_id in (select account_id from follow where strategy_id = $1 and active))`

/** A planning for very many followers takes longer than any other lock is waited for. */
export async function awaitPlannings(tx: Transaction): Promise<void> {
  await tx.query(
    `select set_config('lock_timeout', '14s', true), pg_advisory_xact_lock(${planningLockSql}), pg_advisory_xact_lock(${chunksLockSql})`,
  )
}

const ownerSql = {
  strategy: 'select owner_id from strategy where strategy_id = $1',
  source: 'select owner_id from strategy where strategy_id = $1',
  follow: 'select user_id as owner_id from follow where follow_id = $1',
  account: 'select user_id as owner_id from account where account_id = $1',
} as const

@Injectable()
export class SqlKillSwitches extends KillSwitches {
  constructor(private readonly database: Database) {
    super()
  }

  awaitPlannings(tx: Transaction): Promise<void> {
    return awaitPlannings(tx)
  }

  async engage(tx: Transaction, switches: readonly KillSwitch[]): Promise<void> {
    await tx.query(engageSql, engaged.parameters(switches))
  }

  async engagedFor(tx: Transaction, strategyId: StrategyId): Promise<KillSwitch[]> {
    return (await tx.query<Row>(engagedForSql, [strategyId])).map(toKillSwitch)
  }

  async list({ ownerId, engagedOnly, before, limit }: KillSwitchFilter): Promise<KillSwitch[]> {
    const rows = await this.database.queryOwn<Row>(
      ownerId,
      `select ${columns} from kill_switch k
       where ($1::uuid is null or k.scope = 'platform'
           or k.scope_id in (select strategy_id from strategy where owner_id = $1
             union all select follow_id from follow where user_id = $1
             union all select account_id from account where user_id = $1))
         and (not $2 or k.released_at is null) and ($3::uuid is null or k.id < $3)
       order by k.id desc limit $4`,
      [ownerId, engagedOnly, before, limit],
    )
    return rows.map(toKillSwitch)
  }

  async lock(tx: Transaction, id: string) {
    const [row] = await tx.query<Row>(`select ${columns} from kill_switch k where k.id = $1 for update`, [id])
    if (row === undefined) return undefined
    const { release_digest: digest, release_requested_at: requestedAt } = row
    return {
      killSwitch: toKillSwitch(row),
      request: digest === null || requestedAt === null ? null : { digest, requestedAt },
    }
  }

  async requestRelease(tx: Transaction, id: string, { digest, requestedAt }: ReleaseRequest): Promise<void> {
    await tx.query('update kill_switch set release_digest = $2, release_requested_at = $3 where id = $1', [
      id,
      digest,
      requestedAt,
    ])
  }

  async release(tx: Transaction, id: string, by: string, at: Date): Promise<void> {
    await tx.query('update kill_switch set released_by = $2, released_at = $3 where id = $1', [id, by, at])
  }

  async releaseEnded(tx: Transaction, now: Date): Promise<KillSwitch[]> {
    const rows = await tx.query<Row>(
      `update kill_switch k set released_at = $1 where k.released_at is null and k.ends_at <= $1 returning ${columns}`,
      [now],
    )
    return rows.map(toKillSwitch)
  }

  async unapplied(): Promise<KillSwitch[]> {
    const rows = await this.database.query<Row>(
      `select ${columns} from kill_switch k where k.applied_at is null and k.released_at is null order by k.id`,
    )
    return rows.map(toKillSwitch)
  }

  async markApplied(id: string, at: Date): Promise<void> {
    await this.database.query('update kill_switch set applied_at = $2 where id = $1', [id, at])
  }

  async ownerOf(
    scope: Exclude<KillSwitchScope, 'platform'>,
    scopeId: string,
    seenBy: string | undefined,
  ): Promise<string | undefined> {
    const [row] = await this.database.queryOwn<{ owner_id: string }>(seenBy, ownerSql[scope], [scopeId])
    return row?.owner_id
  }
}

function toKillSwitch(row: Row): KillSwitch {
  return {
    id: row.id,
    scope: row.scope,
    scopeId: row.scope_id,
    mode: row.mode,
    cause: row.cause,
    reason: row.reason,
    loss: row.loss,
    engagedBy: row.engaged_by,
    byOperator: row.by_operator,
    engagedAt: row.engaged_at,
    endsAt: row.ends_at,
    releasedAt: row.released_at,
    releasedBy: row.released_by,
  }
}
