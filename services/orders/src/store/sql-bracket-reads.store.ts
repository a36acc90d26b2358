/**
 * Brackets for reading, in PostgreSQL. Called through the BracketReads port.
 * Must never lock anything, and never leave the scope out of a statement.
 */
import { Injectable } from '@nestjs/common'
import type { BracketReply, PositionReply } from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { type Page, pageFrom, readPageToken } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { highestId, lowestId, type SignalId } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import type { StoredStory } from '../domain/explain/explanation.ts'
import { bracketIdRangeOf } from '../domain/planning/ids.ts'
import {
  type BracketFilter,
  BracketReads,
  type OverviewQuery,
  type PageRequest,
  type ReadScope,
} from '../ports/bracket-reads.port.ts'
import { storedLegs, type StoredLoss, toLeg, toLoss } from './bracket.mapper.ts'
import { overviewSql, type OverviewRow, toOverview } from './overview.mapper.ts'
import { scopeParametersOf, scopeSql } from './read-scope.mapper.ts'
import {
  type BracketReadRow,
  bracketReadColumns,
  type PositionRow,
  positionColumns,
  standingStopSql,
  toBracketReply,
  toPosition,
} from './reply.mapper.ts'
import { toExitRules } from './settings.mapper.ts'

const listSql = `select ${bracketReadColumns} from bracket b
where ${scopeSql}
  and ($3::uuid is null or b.strategy_id = $3) and ($4::uuid is null or b.follow_id = $4)
  and ($5::uuid is null or b.account_id = $5) and ($6::uuid is null or b.signal_id = $6)
  and ($7::text is null or b.state = $7) and b.bracket_id between $8 and $9
  and ($10::uuid is null or b.bracket_id < $10)
order by b.bracket_id desc limit $11`

const findSql = `select ${bracketReadColumns} from bracket b
where ${scopeSql} and b.bracket_id = $3`

/**
 * A planning that was repeated has a second row; the first one is that of the bracket. An entry that waited has a row of
 * before and one of after: the last one is what became of it.
 */
const storySql = `select t.trace, b.exit_rules, b.losses, p.signal, p.strategy_name,
  p.plans -> b.environment -> 'instrument' as instrument, p.plans -> b.environment -> 'prices' as prices
from bracket b join signal_plan p on p.signal_id = b.signal_id
  left join lateral (
    select e.number, e.traces::json -> (array_position(e.bracket_ids, b.bracket_id) - 1) as trace from explain e
    where e.signal_id = b.signal_id and b.bracket_id = any (e.bracket_ids)
  ) t on true
where b.bracket_id = $1
order by case when t.trace -> 'waited' is null then t.number else -t.number end limit 1`

const positionsSql = `select ${positionColumns}
from bracket b join signal_plan p on p.signal_id = b.signal_id
${standingStopSql}
where ${scopeSql} and b.holds_slot and b.filled_quantity > b.closed_quantity + b.gone_quantity
  and ($3::uuid is null or b.account_id = $3) and ($4::uuid is null or b.strategy_id = $4)
  and ($5::uuid is null or b.bracket_id < $5)
order by b.bracket_id desc limit $6`

interface StoryRow {
  readonly trace: unknown
  readonly exit_rules: string | null
  readonly losses: readonly StoredLoss[]
  readonly signal: Record<string, unknown>
  readonly strategy_name: string | null
  readonly instrument: Record<string, unknown> | null
  readonly prices: Record<string, unknown> | null
}

@Injectable()
export class SqlBracketReads extends BracketReads {
  constructor(private readonly database: Database) {
    super()
  }

  async list(
    scope: ReadScope,
    filter: BracketFilter,
    page: PageRequest,
  ): Promise<Result<Page<BracketReply>, CodedError>> {
    const keys = readPageToken(page.nextToken, ['id'])
    if (!keys.ok) return keys
    // Ids of a signal's brackets lie together, so the primary key answers this filter.
    const [low, high] =
      filter.signalId === undefined ? [lowestId, highestId] : bracketIdRangeOf(filter.signalId as SignalId)
    const rows = await this.database.queryOwn<BracketReadRow>(scope.userId, listSql, [
      ...scopeParametersOf(scope),
      filter.strategyId ?? null,
      filter.followId ?? null,
      filter.accountId ?? null,
      filter.signalId ?? null,
      filter.state ?? null,
      low,
      high,
      keys.value?.[0] ?? null,
      page.limit + 1,
    ])
    return ok(pageFrom(rows, page.limit, { keysOf: (row) => [row.id], itemOf: toBracketReply }))
  }

  async find(scope: ReadScope, bracketId: string): Promise<BracketReply | undefined> {
    const [row] = await this.database.queryOwn<BracketReadRow>(scope.userId, findSql, [
      ...scopeParametersOf(scope),
      bracketId,
    ])
    return row === undefined ? undefined : toBracketReply(row)
  }

  async story(scope: ReadScope, bracketId: string): Promise<StoredStory | undefined> {
    const [row] = await this.database.queryOwn<BracketReadRow>(scope.userId, findSql, [
      ...scopeParametersOf(scope),
      bracketId,
    ])
    const [story] = await this.database.queryOwn<StoryRow>(scope.userId, storySql, [bracketId])
    if (row === undefined || story === undefined) return undefined
    const legs = storedLegs(row.legs).map(toLeg)
    const { trace, exit_rules: exits, signal, strategy_name: strategyName, instrument, prices } = story
    const shared = { signal, strategyName, instrument, prices }
    const losses = story.losses.map(toLoss)
    return { bracket: toBracketReply(row), legs, losses, exits: toExitRules(exits), trace, ...shared }
  }

  async positions(
    scope: ReadScope,
    filter: Pick<BracketFilter, 'accountId' | 'strategyId'>,
    page: PageRequest,
  ): Promise<Result<Page<PositionReply>, CodedError>> {
    const keys = readPageToken(page.nextToken, ['id'])
    if (!keys.ok) return keys
    const rows = await this.database.queryOwn<PositionRow>(scope.userId, positionsSql, [
      ...scopeParametersOf(scope),
      filter.accountId ?? null,
      filter.strategyId ?? null,
      keys.value?.[0] ?? null,
      page.limit + 1,
    ])
    return ok(pageFrom(rows, page.limit, { keysOf: (row) => [row.id], itemOf: toPosition }))
  }

  async overview(scope: ReadScope, { strategyId, signalId, perSignal }: OverviewQuery) {
    const [low, high] = signalId === undefined ? [lowestId, highestId] : bracketIdRangeOf(signalId as SignalId)
    const rows = await this.database.queryOwn<OverviewRow>(scope.userId, overviewSql(scopeSql), [
      ...scopeParametersOf(scope),
      strategyId ?? null,
      signalId ?? null,
      low,
      high,
      perSignal || signalId !== undefined,
    ])
    return rows.map(toOverview)
  }
}
