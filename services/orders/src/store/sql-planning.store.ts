/**
 * Followers in and plans out, in bulk, in PostgreSQL. Called through the Planning port.
 * Must never take a statement per follower: four per chunk, three more where followers have limits of the account.
 */
import { Injectable } from '@nestjs/common'
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Transaction } from '@tradewire/database/transaction'
import { lowestId, type UserId } from '@tradewire/kernel/ids'
import { partitionOf } from '@tradewire/kernel/partition'
import { injectTrace } from '@tradewire/observability/trace'
import { plannerMoves } from '../domain/bracket/bracket.ts'
import type { Candidate } from '../domain/gate/gate.ts'
import { superseded, type Wait } from '../domain/gate/open-position.ts'
import type { Signal } from '../domain/planning/signal-plan.ts'
import { Holdings } from '../ports/holdings.port.ts'
import { KillSwitches } from '../ports/kill-switches.port.ts'
import {
  type FollowerQuery,
  type PlannedBracket,
  PlannedMeanwhile,
  type PlannerId,
  Planning,
  type SignalFacts,
  type StoredSignal,
} from '../ports/planning.port.ts'
import { Subscriptions } from '../ports/subscriptions.port.ts'
import { WaitingEntries, type WaitingEntry } from '../ports/waiting-entries.port.ts'
import { legsJson } from './bracket.mapper.ts'
import {
  type CandidateRow,
  type FactsRow,
  instrumentsOf,
  providerOf,
  ratesOf,
  toCandidate,
} from './candidate.mapper.ts'
import { Columns, json, plain, text } from './columns.mapper.ts'
import { earlierOf } from './earlier-planning.store.ts'
import { joinPlanning, planningLockSql, symbolLockOf } from './planning-locks.store.ts'
import { signalParameters } from './plan.mapper.ts'
import { exitRulesText, SettingsReader } from './settings.mapper.ts'
import { traceJson } from './trace.mapper.ts'

/** The lock's key space is shared by the whole database; the schema's name keeps services apart. */
const lockSql = `select pg_advisory_xact_lock_shared(${planningLockSql}),
  pg_advisory_xact_lock(${symbolLockOf('$2', '$3')}), pg_backend_pid() as planner,
  s.name as strategy_name, s.active as strategy_active, s.settings as strategy_settings,
  p.settings as platform_settings, s.provider_account_id, provider_account.environment as provider_environment, provider.currency as provider_currency,
  case when sale.sold then s.owner_id end as sold_by, provider.equity as provider_equity, (extract(epoch from provider.observed_at) * 1000)::float8 as provider_observed_ms,
  (select json_agg(json_build_object('environment', r.environment, 'symbol', r.symbol, 'price', r.price::text, 'observedAt', r.observed_at)) from rate r
    where r.venue = $2) as rates, i.*
from (select 1) as one
left join strategy s on s.strategy_id = $1
left join layer_settings p on p.scope = 'platform'
left join strategy_sale sale on sale.strategy_id = $1
left join instrument i on i.venue = $2 and i.symbol = $3
left join account provider_account on provider_account.account_id = s.provider_account_id
left join lateral (
  select currency, equity, observed_at from balance
  where balance.account_id = s.provider_account_id order by (currency = i.quote) desc limit 1
) provider on true`

/** On its way out, or gone with an order that can still execute. */
const isEnding = `x.state in ('closing', 'closed', 'failed')`
/** Of an earlier signal: a planning that is repeated meets the brackets of its own. */
const isOwn = `x.follow_id = f.follow_id and x.signal_id <> $10`
const isOpposite = `x.follow_id <> f.follow_id and x.venue = $6 and x.symbol = $7 and x.side <> $8`
/** An entry of its own follow has asked for its end. Looked up where it matters alone. */
const isAskedToEnd = `exists (select from waiting_entry asked where asked.waits_for = x.bracket_id and asked.closes)`

/**
 * The chunk is cut off before anything is looked up for its followers: never for all that are still to come. By partition,
 * so that the commands of a chunk share few messages.
 */
const candidatesSql = `select f.follow_id, f.account_id, f.user_id, f.risk_profile_id, f.risk_percent, f.leverage,
  f.max_notional, f.active, f.profile_settings, f.settings, f.revision, l.settings as account_settings, a.venue, a.environment, a.connected, a.disconnected_by, a.active as account_active,
  b.currency, b.total, b.free, b.equity, (extract(epoch from b.observed_at) * 1000)::float8 as observed_ms,
  held.reserved, held.positions, held.own, held.own_side, held.own_ending, held.own_kept, held.opposite_staying, held.opposite_ending,
  w.bracket_id as waiting, w.side as waiting_side, w.closes as waiting_closes, settled.lost_since, settled.released, o.bases,
  case when e.user_id is not null then json_build_object('plan', e.plan, 'endsAt', e.ends_at,
    'strategyAutomated', e.strategy_automated, 'maxPositions', e.max_positions, 'maxBalance', e.max_balance::text, 'positions', (
      select count(*)::int from account own join bracket x on x.account_id = own.account_id and x.holds_slot
      where e.max_positions is not null and own.user_id = f.user_id and x.signal_id <> $10
    )) end as entitlement
from (
  select * from follow
  where strategy_id = $1 and active and (account_partition, account_id, follow_id) > ($11::smallint, $2::uuid, $3::uuid)
    and ($9::uuid[] is null or follow_id = any ($9))
  order by account_partition, account_id, follow_id limit $4
) f
left join account a on a.account_id = f.account_id
left join layer_settings l on l.scope = 'account' and l.scope_id = f.account_id
left join waiting_entry w on w.follow_id = f.follow_id and w.signal_id <> $10
left join loss_watch o on o.follow_id = f.follow_id
left join entitlement e on e.user_id = f.user_id
left join lateral (
  select * from (
    select currency, total, free, equity, observed_at from balance where account_id = f.account_id and currency = $5::jsonb ->> a.environment
    union all
    select currency, total, free, equity, observed_at from balance where account_id = f.account_id
  ) found limit 1
) b on true
left join lateral (
  select sum(x.margin * coalesce(x.rate, 1)) filter (where x.created_at > b.observed_at) as reserved,
    count(*)::int as positions,
    min(x.bracket_id::text) filter (where ${isOwn}) as own,
    min(x.side) filter (where ${isOwn}) as own_side,
    bool_or(${isEnding}) filter (where ${isOwn}) as own_ending,
    bool_or(x.left_as = 'kept') filter (where ${isOwn}) as own_kept,
    min(x.bracket_id::text) filter (where ${isOpposite} and not (${isEnding} or ${isAskedToEnd})) as opposite_staying,
    min(x.bracket_id::text) filter (where ${isOpposite} and (${isEnding} or ${isAskedToEnd})) as opposite_ending
  from bracket x where x.account_id = f.account_id and x.holds_slot
) held on true
left join lateral (
  select -least(sum(x.realized_pnl * coalesce(x.rate, 1)), 0) as lost_since,
    sum(x.margin * coalesce(x.rate, 1)) filter (where x.first_filled_at <= b.observed_at) as released
  from bracket x where x.account_id = f.account_id and x.closed_at > b.observed_at
) settled on true
order by f.account_partition, f.account_id, f.follow_id`

const planned = new Columns<PlannedBracket>([
  plain('bracket_id', 'uuid', ({ bracketId }) => bracketId),
  plain('follow_id', 'uuid', ({ candidate }) => candidate.followId),
  plain('account_id', 'uuid', ({ candidate }) => candidate.accountId),
  plain('user_id', 'uuid', ({ candidate }) => candidate.userId),
  plain('environment', 'text', ({ candidate }) => candidate.account?.environment ?? null),
  plain('quantity', 'numeric', ({ result }) =>
    result.outcome === 'approved' ? result.order.quantity.toString() : null,
  ),
  plain('leverage', 'int', ({ result }) => (result.outcome === 'approved' ? result.order.leverage : null)),
  text('exit_rules', 'text', ({ candidate, result }) =>
    result.outcome === 'approved' ? exitRulesText(candidate.settings.exits) : null,
  ),
  plain('margin', 'numeric', ({ result }) => (result.outcome === 'approved' ? result.margin : null)),
  plain('rate', 'numeric', ({ sizing }) => sizing?.conversion?.back ?? null),
  plain('denial_code', 'text', ({ result }) => (result.outcome === 'denied' ? result.denial.code : null)),
  text('denial_context', 'json', ({ result }) =>
    result.outcome === 'denied' ? JSON.stringify(result.denial.context) : null,
  ),
  json('legs', ({ result }) => legsJson(result.outcome === 'approved' ? [result.entry] : [])),
])

/** By the table of moves: a denial and an approved quantity are the evidence of what was found. */
const stateOfPlanned = `case when p.denial_code is not null then '${plannerMoves.denied}'
  when p.quantity is not null then '${plannerMoves.approved}' else '${plannerMoves.waiting}' end`

const signalSql = `insert into signal_plan
  (signal_id, strategy_id, signal, strategy_name, plans, denial, received_at, planned_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`

const fixedParameters = 14
/** Signal, brackets and traces. */
const insertSql = `with plan as (
  ${signalSql}
), traces as (
  insert into explain (signal_id, bracket_ids, traces) values ($1, $13, $14)
)
insert into bracket (bracket_id, signal_id, strategy_id, follow_id, account_id, user_id, venue, environment, symbol, side,
  state, holds_slot, quantity, leverage, exit_rules, margin, rate, denial_code, denial_context, created_at, wake_at, legs)
select bracket_id, $1, $2, follow_id, account_id, user_id, $9, environment, $10, $11,
  ${stateOfPlanned}, quantity is not null, quantity, leverage, exit_rules, margin, rate, denial_code, denial_context, $8,
  case when quantity is not null then $12::timestamptz end, legs
from ${planned.unnest('p', fixedParameters + 1)}`

/** What conflicts is left out: to look for it costs a seventh of the insert, so only where there may be any. */
const insertLeftSql = `${insertSql} on conflict do nothing returning bracket_id`
const uniqueViolation = '23505'

/** Whether one is not there: left out for another reason than that it had been stored before. */
const missingSql = `select exists (
  select from unnest($1::uuid[]) as p (bracket_id)
  where not exists (select from bracket b where b.bracket_id = p.bracket_id)
) as missing`

const decideParameters = 5
/** As if they had been planned only now: their margin counts from now on. */
const decideSql = `with gone as (
  delete from waiting_entry where bracket_id = any ($1::uuid[]) returning bracket_id
), traces as (
  insert into explain (signal_id, bracket_ids, traces) values ($2, $1, $3)
)
update bracket b set state = ${stateOfPlanned}, holds_slot = p.quantity is not null, quantity = p.quantity,
  leverage = p.leverage, exit_rules = p.exit_rules, margin = p.margin, rate = p.rate, denial_code = p.denial_code, denial_context = p.denial_context,
  created_at = $4, wake_at = case when p.quantity is not null then $5::timestamptz end, legs = p.legs
from gone, ${planned.unnest('p', decideParameters + 1)}
where b.bracket_id = gone.bracket_id and p.bracket_id = gone.bracket_id and b.state = '${plannerMoves.waiting}'
returning b.bracket_id`

const waiting = new Columns<{ readonly bracket: PlannedBracket; readonly wait: Wait }>([
  plain('follow_id', 'uuid', ({ bracket }) => bracket.candidate.followId),
  plain('bracket_id', 'uuid', ({ bracket }) => bracket.bracketId),
  plain('waits_for', 'uuid', ({ wait }) => wait.waitsFor),
  plain('closes', 'boolean', ({ wait }) => wait.closes),
])

const queueParameters = 5
const queueSql = `insert into waiting_entry (follow_id, bracket_id, signal_id, side, waits_for, closes, since, expires_at, trace)
select follow_id, bracket_id, $1, $2, waits_for, closes, $3, $4, $5 from ${waiting.unnest('q', queueParameters + 1)}`

const waitAgainSql = `update waiting_entry w set waits_for = q.waits_for, closes = q.closes
from ${waiting.unnest('q')} where w.bracket_id = q.bracket_id`

@Injectable()
export class SqlPlanning extends Planning {
  constructor(
    private readonly killSwitches: KillSwitches,
    private readonly waitingEntries: WaitingEntries,
    private readonly holdings: Holdings,
    private readonly subscriptions: Subscriptions,
  ) {
    super()
  }

  async lockSymbol(tx: Transaction, signal: Signal, frequentFrom: number): Promise<SignalFacts> {
    const { strategyId, venue, symbol } = signal
    // Statements of their own, in this order: the others see what was engaged and planned while the first waited for its locks.
    const [rows, killSwitches, earlier] = await Promise.all([
      tx.query<FactsRow>(lockSql, [strategyId, venue, symbol]),
      this.killSwitches.engagedFor(tx, strategyId),
      earlierOf(tx, signal, frequentFrom),
    ])
    const [row] = rows
    if (row === undefined) throw new Error('the facts of a signal are always a row')
    const reader = new SettingsReader()
    return {
      platformSettings: reader.of(row.platform_settings),
      strategy:
        row.strategy_name === null
          ? undefined
          : {
              name: row.strategy_name,
              active: row.strategy_active === true,
              settings: reader.of(row.strategy_settings),
              provider: providerOf(row),
              soldBy: row.sold_by as UserId | null,
            },
      instruments: instrumentsOf(rows),
      rates: ratesOf(row),
      ...earlier,
      killSwitches,
      planner: row.planner,
    }
  }

  join(tx: Transaction, signal: Signal, planner: PlannerId): Promise<void> {
    joinPlanning(tx, signal, planner)
    return Promise.resolve()
  }

  async candidates(tx: Transaction, query: FollowerQuery): Promise<Candidate[]> {
    const { signal, strategyId, quotes, after, limit } = query
    const rows = await tx.query<CandidateRow>(candidatesSql, [
      strategyId,
      after?.accountId ?? lowestId,
      after?.followId ?? lowestId,
      limit,
      JSON.stringify(quotes),
      signal.venue,
      signal.symbol,
      signal.side,
      query.followIds,
      signal.signalId,
      after === null ? beforeAllPartitions : partitionOf(after.accountId),
    ])
    const reader = new SettingsReader()
    const found = rows.map((row) => toCandidate(row, query.common, reader))
    return this.holdings.of(tx, await this.subscriptions.of(tx, found, query), query.now)
  }

  async insert(tx: Transaction, stored: StoredSignal, brackets: readonly PlannedBracket[]): Promise<Set<string>> {
    const { signal, begun } = stored
    const ids = brackets.map(({ bracketId }) => bracketId)
    const parameters = [
      ...signalParameters(stored),
      signal.venue,
      signal.symbol,
      signal.side,
      stored.wakeAt,
      ids,
      `[${brackets.map(traceJson).join(',')}]`,
      ...planned.parameters(brackets),
    ]
    if (begun) return this.insertLeft(tx, signal, ids, parameters)
    tx.send(insertSql, parameters, (cause) =>
      (cause as { readonly code?: unknown }).code === uniqueViolation
        ? new PlannedMeanwhile(signal.signalId, { cause })
        : cause,
    )
    return new Set(ids)
  }

  async refuse(tx: Transaction, stored: StoredSignal): Promise<void> {
    await tx.query(signalSql, signalParameters(stored))
  }

  private async insertLeft(
    tx: Transaction,
    { signalId }: Signal,
    ids: readonly string[],
    parameters: readonly unknown[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ bracket_id: string }>(insertLeftSql, parameters)
    const inserted = new Set(rows.map((row) => row.bracket_id))
    if (inserted.size === ids.length) return inserted
    const [found] = await tx.query<{ missing: boolean }>(missingSql, [ids.filter((id) => !inserted.has(id))])
    if (found?.missing === true) throw new PlannedMeanwhile(signalId)
    return inserted
  }

  withdraw(tx: Transaction, bracketIds: readonly string[], denial: Denial): Promise<WaitingEntry[]> {
    return this.waitingEntries.withdraw(tx, { bracketIds }, denial)
  }

  async queue(tx: Transaction, { signal, plannedAt }: StoredSignal, fresh: readonly PlannedBracket[]) {
    const { signalId, side, expiresAt } = signal
    const replaced = fresh.flatMap(({ candidate, result }) =>
      result.outcome === 'denied' || candidate.waiting === null ? [] : [candidate.waiting.bracketId],
    )
    const left = replaced.length === 0 ? [] : await this.withdraw(tx, replaced, superseded(signalId))
    const rows = waitingOf(fresh)
    if (rows.length > 0) {
      const common = [signalId, side, plannedAt, expiresAt, injectTrace() ?? null]
      await tx.query(queueSql, [...common, ...waiting.parameters(rows)])
    }
    return left
  }

  async decide(
    tx: Transaction,
    { signal, plannedAt, wakeAt }: StoredSignal,
    brackets: readonly PlannedBracket[],
  ): Promise<Set<string>> {
    const again = waitingOf(brackets)
    if (again.length > 0) await tx.query(waitAgainSql, waiting.parameters(again))
    const decided = brackets.filter(({ result }) => result.outcome !== 'waiting')
    if (decided.length === 0) return new Set()
    const ids = decided.map(({ bracketId }) => bracketId)
    const rows = await tx.query<{ bracket_id: string }>(decideSql, [
      ids,
      signal.signalId,
      `[${decided.map(traceJson).join(',')}]`,
      plannedAt,
      wakeAt,
      ...planned.parameters(decided),
    ])
    return new Set(rows.map((row) => row.bracket_id))
  }
}

function waitingOf(brackets: readonly PlannedBracket[]) {
  return brackets.flatMap((bracket) =>
    bracket.result.outcome === 'waiting' ? [{ bracket, wait: bracket.result.wait }] : [],
  )
}

/** Sorts before every partition. */
const beforeAllPartitions = -1
