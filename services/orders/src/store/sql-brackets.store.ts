/**
 * Brackets in PostgreSQL: locked in id order, saved in bulk. Called through the Brackets port.
 * Must never save a bracket whose lock is not held: another transaction may just have moved it.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { type FollowId, lowestId, type SignalId } from '@tradewire/kernel/ids'
import { NewestKept } from '@tradewire/kernel/newest-kept'
import type { Bracket } from '../domain/bracket/bracket.ts'
import type { SignalPlans } from '../domain/planning/signal-plans.ts'
import {
  type BracketChange,
  type BracketPage,
  Brackets,
  type EntryRest,
  type Holding,
  type LeftAs,
  type OpenBracketsQuery,
  type WakeWait,
} from '../ports/brackets.port.ts'
import { PriceWatches } from '../ports/price-watches.port.ts'
import {
  bracketColumns,
  type BracketRow,
  bracketUpdate,
  bracketUpdates,
  firstRestLegsSql,
  firstRests,
  isRest,
  outcomeColumns,
  restUpdates,
  toBracket,
  untoldEntrySql,
} from './bracket.mapper.ts'
import { type SignalPlansRow, toSignalPlans } from './plan.mapper.ts'
import { awaitPlannings } from './sql-kill-switches.store.ts'

/** Signals whose plans are kept in memory; they never change. */
const plansKeptMax = 2_000

const lockSql = `select ${bracketColumns} from bracket
where bracket_id = any ($1::uuid[]) and state not in ('denied', 'waiting') order by bracket_id for update`

const plansSql = `select signal, plans from signal_plan where signal_id = any ($1::uuid[]) and plans is not null`

const saveSql = `update bracket set ${bracketUpdates.assignments('u', ['bracket_id', 'holds_slot', 'legs', ...outcomeColumns])},
  ${outcomeColumns.map((name) => `${name} = coalesce(u.${name}, bracket.${name})`).join(', ')},
  holds_slot = bracket.holds_slot and u.holds_slot, legs = u.legs
from ${bracketUpdates.unnest('u')} where bracket.bracket_id = u.bracket_id`

const saveRestSql = `update bracket set ${restUpdates.assignments('u', ['bracket_id'])}
from ${restUpdates.unnest('u')} where bracket.bracket_id = u.bracket_id`

/** In id order, as all that locks brackets: they are looked up one by one. Whose time to rest is over wants a look. */
const restFirstSql = `update bracket b set state = u.state, legs = ${firstRestLegsSql}
from ${firstRests.unnest('u', 2)} where b.bracket_id = u.bracket_id and b.state = 'planned'
  and (b.wake_at is null or b.wake_at > $1) and ${untoldEntrySql}
returning b.bracket_id`

/** In account order, so that two transactions cannot wait for each other. */
const countSql = `insert into account_sequence (account_id, value)
select account_id, value from unnest($1::uuid[], $2::int[]) as n (account_id, value) order by account_id
on conflict (account_id) do update set value = account_sequence.value + excluded.value
returning account_id, value`

const openSql = `select bracket_id from bracket
where holds_slot and ($1::uuid is null or strategy_id = $1) and ($2::uuid is null or follow_id = $2)
  and ($3::uuid is null or account_id = $3) and bracket_id > $5
  and (state in ('planned', 'entering') or (not $4 and state in ('open', 'protected')))
  and not ($7 and left_as is not distinct from 'kept')
order by bracket_id limit $6`

const leaveSql = `update bracket set left_as = $2
where follow_id = $1 and holds_slot and account_id = (select account_id from follow where follow_id = $1)`

const keptSql = `select bracket_id from bracket where bracket_id = any ($1::uuid[]) and left_as = 'kept'`

const holdingSql = `select bracket_id from bracket
where account_id = $1 and symbol = $2 and side = $3 and holds_slot and filled_quantity > closed_quantity + gone_quantity
order by bracket_id`

const besideSql = `select ${bracketColumns} from bracket
where bracket_id <> $1 and account_id = $2 and symbol = $3 and side = $4 and state not in ('denied', 'waiting')
  and (holds_slot or closed_at >= $5)`

const dueSql = `select bracket_id from bracket where wake_at <= $1 order by wake_at limit $2`

const wakeLaterSql = `update bracket set wake_at = $3 from (
  select bracket_id from bracket where bracket_id = any ($1::uuid[]) and wake_at <= $2 order by bracket_id for update
) due where bracket.bracket_id = due.bracket_id`

/**
 * Whose followers have left gracefully: signals plan nothing for them any more. Read from the first signal after their
 * own; the first one of the other side ends them, so that only those of their own side are read again.
 */
const turnedSql = `select x.bracket_id from bracket x
join follow f on f.follow_id = x.follow_id and not f.active
join signal_plan own on own.signal_id = x.signal_id
where x.bracket_id > $1 and x.left_as = 'gracefully' and x.holds_slot and x.close_requested_at is null and x.state in ('open', 'protected')
  and exists (
    select from signal_plan p
    where p.strategy_id = x.strategy_id and p.received_at > own.received_at and p.denial is null
      and p.signal -> 'followIds' is null and p.signal ->> 'venue' = x.venue and p.signal ->> 'symbol' = x.symbol
      and p.signal ->> 'side' <> x.side
  ) order by x.bracket_id limit $2`

@Injectable()
export class SqlBrackets extends Brackets {
  private readonly plans = new NewestKept<SignalPlans>(plansKeptMax)

  constructor(
    private readonly database: Database,
    private readonly watches: PriceWatches,
  ) {
    super()
  }

  async lock(tx: Transaction, bracketIds: readonly string[]): Promise<Bracket[]> {
    return (await tx.query<BracketRow>(lockSql, [bracketIds])).map(toBracket)
  }

  async plansOf(tx: Transaction, signalIds: readonly SignalId[]): Promise<Map<SignalId, SignalPlans>> {
    const found = new Map<SignalId, SignalPlans>()
    const missing: SignalId[] = []
    // Taken before others are read: each one that is kept may push another one out.
    for (const id of new Set(signalIds)) {
      const plans = this.plans.get(id)
      if (plans === undefined) missing.push(id)
      else found.set(id, plans)
    }
    if (missing.length === 0) return found
    for (const row of await tx.query<SignalPlansRow>(plansSql, [missing])) {
      const signalId = row.signal.signalId as SignalId
      const plans = toSignalPlans(row)
      found.set(signalId, plans)
      this.plans.keep(signalId, plans)
    }
    return found
  }

  async save(tx: Transaction, changes: readonly BracketChange[]): Promise<void> {
    const moved = changes.filter(({ before, after }) => before !== after)
    if (moved.length === 0) return
    const rests = moved.filter(isRest)
    const others = rests.length === moved.length ? [] : moved.filter((change) => !isRest(change))
    if (rests.length > 0) await tx.query(saveRestSql, restUpdates.parameters(rests))
    if (others.length > 0) await tx.query(saveSql, bracketUpdates.parameters(others.map(bracketUpdate)))
    await this.watches.keep(tx, moved)
  }

  /** Locks of what it moved would stand before those that others take in id order: they go with what is undone. */
  async restFirst(tx: Transaction, rests: readonly EntryRest[], now: Date): Promise<boolean> {
    const sorted = rests.toSorted((a, b) => (a.bracketId < b.bracketId ? -1 : 1))
    const [, moved] = await Promise.all([
      tx.query('savepoint first_rests'),
      tx.query(restFirstSql, [now, ...firstRests.parameters(sorted)]),
    ])
    if (moved.length === rests.length) return true
    await tx.query('rollback to savepoint first_rests')
    return false
  }

  async countOn(tx: Transaction, events: ReadonlyMap<string, number>): Promise<Map<string, number>> {
    const rows = await tx.query<{ account_id: string; value: number }>(countSql, [
      [...events.keys()],
      [...events.values()],
    ])
    return new Map(rows.map((row) => [row.account_id, row.value]))
  }

  awaitPlannings(tx: Transaction): Promise<void> {
    return awaitPlannings(tx)
  }

  async openIds({ of, entriesOnly, sparesKept, after, limit }: OpenBracketsQuery): Promise<string[]> {
    const { strategyId = null, followId = null, accountId = null } = of
    const rows = await this.database.query<{ bracket_id: string }>(openSql, [
      strategyId,
      followId,
      accountId,
      entriesOnly,
      after ?? lowestId,
      limit,
      sparesKept,
    ])
    return rows.map((row) => row.bracket_id)
  }

  async leave(tx: Transaction, followId: FollowId, leftAs: LeftAs): Promise<void> {
    await tx.query(leaveSql, [followId, leftAs])
  }

  async keptIds(tx: Transaction, bracketIds: readonly string[]): Promise<string[]> {
    return (await tx.query<{ bracket_id: string }>(keptSql, [bracketIds])).map((row) => row.bracket_id)
  }

  async turnedIds({ after, limit }: BracketPage): Promise<string[]> {
    const rows = await this.database.query<{ bracket_id: string }>(turnedSql, [after ?? lowestId, limit])
    return rows.map((row) => row.bracket_id)
  }

  async holdingIds({ accountId, symbol, side }: Holding): Promise<string[]> {
    const rows = await this.database.query<{ bracket_id: string }>(holdingSql, [accountId, symbol, side])
    return rows.map((row) => row.bracket_id)
  }

  async beside(tx: Transaction, { bracketId, accountId, symbol, side }: Bracket, since: Date): Promise<Bracket[]> {
    return (await tx.query<BracketRow>(besideSql, [bracketId, accountId, symbol, side, since])).map(toBracket)
  }

  async dueIds(now: Date, limit: number): Promise<string[]> {
    return (await this.database.query<{ bracket_id: string }>(dueSql, [now, limit])).map((row) => row.bracket_id)
  }

  async wakeLater(tx: Transaction, bracketIds: readonly string[], { now, until }: WakeWait): Promise<void> {
    await tx.query(wakeLaterSql, [bracketIds, now, until])
  }
}
