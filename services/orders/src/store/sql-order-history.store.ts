/** What became of orders and signals in PostgreSQL. Called through the OrderHistory port. Must never read a whole account. */
import { Injectable } from '@nestjs/common'
import type { Side, Venue } from '@tradewire/contracts/common'
import { type Denial, denialReplyOf } from '@tradewire/contracts/denials/all'
import type { RefusedSignalReply } from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import type { SignalId } from '@tradewire/kernel/ids'
import { bracketIdRangeOf } from '../domain/planning/ids.ts'
import type { ReadScope } from '../ports/bracket-reads.port.ts'
import {
  type EndedOrder,
  OrderHistory,
  type RefusedSignalsQuery,
  type SignalBracket,
} from '../ports/order-history.port.ts'
import { type StoredLeg, storedLegs } from './bracket.mapper.ts'
import { scopeParametersOf, scopeSql } from './read-scope.mapper.ts'
import { legReply } from './reply.mapper.ts'

/** Both halves go by an index of the account: what stands holds a slot, what ended has the time of its end. */
const bracketsSql = `(select b.legs from bracket b
  where b.account_id = $3 and b.holds_slot and b.symbol = $4 and ${scopeSql} limit $5)
union all (select b.legs from bracket b
  where b.account_id = $3 and b.closed_at is not null and b.symbol = $4 and ${scopeSql}
  order by b.closed_at desc limit $5)`

/** Ids of a signal's brackets lie together: each signal is one short walk along the primary key. */
const ofSignalsSql = `select b.bracket_id as id, s.signal_id, b.state, coalesce(b.closed_at, b.opened_at, b.created_at) as at
from unnest($3::uuid[], $4::uuid[], $5::uuid[]) as s (signal_id, low, high)
cross join lateral (
  select * from bracket b where b.bracket_id between s.low and s.high and b.signal_id = s.signal_id and ${scopeSql}
  order by b.bracket_id limit $6) b`

/** Whose strategies they are: the caller's own, and those that an account of theirs follows. */
const refusedSql = `select p.signal_id as id, p.strategy_id, p.strategy_name, p.signal ->> 'venue' as venue,
  p.signal ->> 'symbol' as symbol, p.signal ->> 'side' as side, p.denial, p.received_at, p.planned_at
from signal_plan p
where p.denial is not null and ($1::uuid is null
    or ($2 and p.strategy_id in (select strategy_id from strategy where owner_id = $1))
    or p.strategy_id in (
      select f.strategy_id from account a join follow f on f.account_id = a.account_id and f.active where a.user_id = $1
    ))
  and ($3::uuid is null or p.strategy_id = $3) and ($4::uuid is null or p.signal_id = $4)
  and ($5::uuid is null or p.signal_id < $5)
order by p.signal_id desc limit $6`

interface RefusedRow {
  readonly id: string
  readonly strategy_id: string
  readonly strategy_name: string | null
  readonly venue: Venue
  readonly symbol: string
  readonly side: Side
  readonly denial: Denial
  readonly received_at: Date
  readonly planned_at: Date
}

const endedStates: readonly string[] = ['closed', 'failed', 'denied']

@Injectable()
export class SqlOrderHistory extends OrderHistory {
  constructor(private readonly database: Database) {
    super()
  }

  async ended(
    scope: ReadScope,
    of: { readonly accountId: string; readonly symbol: string },
    limit: number,
  ): Promise<EndedOrder[]> {
    const rows = await this.database.queryOwn<{ legs: string }>(scope.userId, bracketsSql, [
      ...scopeParametersOf(scope),
      of.accountId,
      of.symbol,
      limit,
    ])
    const legs = rows.flatMap((row) => storedLegs(row.legs).filter(hasEnded))
    const newest = legs.toSorted((left, right) => (left.submittedAt < right.submittedAt ? 1 : -1))
    return newest.slice(0, limit).map(legReply)
  }

  async ofSignals(scope: ReadScope, signalIds: readonly string[], perSignalMax: number): Promise<SignalBracket[]> {
    const ranges = signalIds.map((id) => bracketIdRangeOf(id as SignalId))
    const rows = await this.database.queryOwn<{ id: string; signal_id: string; state: string; at: Date }>(
      scope.userId,
      ofSignalsSql,
      [
        ...scopeParametersOf(scope),
        signalIds,
        ranges.map(([low]) => low),
        ranges.map(([, high]) => high),
        perSignalMax,
      ],
    )
    return rows.map((row) => ({
      id: row.id,
      signalId: row.signal_id,
      active: !endedStates.includes(row.state),
      changedAt: row.at.toISOString(),
    }))
  }

  async refused(scope: ReadScope, query: RefusedSignalsQuery): Promise<RefusedSignalReply[]> {
    const { strategyId, signalId, afterId, limit } = query
    const rows = await this.database.query<RefusedRow>(refusedSql, [
      ...scopeParametersOf(scope),
      strategyId ?? null,
      signalId ?? null,
      afterId ?? null,
      limit,
    ])
    return rows.map(({ id, venue, symbol, side, denial, ...row }) => ({
      id,
      strategyId: row.strategy_id,
      strategyName: row.strategy_name,
      venue,
      symbol,
      side,
      receivedAt: row.received_at.toISOString(),
      refusedAt: row.planned_at.toISOString(),
      denial: denialReplyOf(denial),
    }))
  }
}

/** An order that the venue never took is no order there. */
function hasEnded({ state, venueOrderId }: StoredLeg): boolean {
  return state === 'filled' || state === 'cancelled' || (state === 'rejected' && venueOrderId !== null)
}
