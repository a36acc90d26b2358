/** Counts per strategy or signal, in one statement. Called by the reading store. Must never be asked on a hot path. */
import type { OverviewReply } from '@tradewire/contracts/rpc/orders'

export interface OverviewRow {
  readonly strategy_id: string
  readonly signal_id: string | null
  readonly brackets: number
  readonly by_state: Record<string, number>
  readonly by_denial: Record<string, number> | null
  readonly by_failure: Record<string, number> | null
  readonly legs_by_state: Record<string, number> | null
  readonly realized_pnl: string
  readonly fees: string
  readonly p50: number | null
  readonly p99: number | null
  readonly most: number | null
}

/** Parameters: scope ($1, $2), strategy, signal, lowest and highest bracket id, whether per signal. */
export function overviewSql(scope: string): string {
  return `with chosen as (
  select b.*, case when $7 then b.signal_id end as of_signal from bracket b
  where ${scope} and ($3::uuid is null or b.strategy_id = $3) and ($4::uuid is null or b.signal_id = $4)
    and b.bracket_id between $5 and $6
), counted as (
  select strategy_id, of_signal, kind, word, count(*)::int as number from (
    select strategy_id, of_signal, 'state' as kind, state as word from chosen
    union all
    select strategy_id, of_signal, 'denial', denial_code from chosen where denial_code is not null
    union all
    select strategy_id, of_signal, 'failure', coalesce(failure ->> 'code', 'CLOSED_BEFORE_FILL') from chosen where state = 'failed'
    union all
    select c.strategy_id, c.of_signal, 'leg', l ->> 'state' from chosen c cross join lateral json_array_elements(c.legs::json) l
    where l -> 'watch' is null or l ->> 'revision' <> '0' or l ->> 'state' not in ('watching', 'cancelled')
  ) words group by 1, 2, 3, 4
), words as (
  select strategy_id, of_signal,
    json_object_agg(word, number) filter (where kind = 'state') as by_state,
    json_object_agg(word, number) filter (where kind = 'denial') as by_denial,
    json_object_agg(word, number) filter (where kind = 'failure') as by_failure,
    json_object_agg(word, number) filter (where kind = 'leg') as legs_by_state
  from counted group by 1, 2
), sums as (
  select strategy_id, of_signal, count(*)::int as brackets,
    coalesce(sum(realized_pnl), 0) as realized_pnl, coalesce(sum(fees), 0) as fees,
    percentile_disc(0.5) within group (order by unprotected_ms) filter (where filled_quantity > 0) as p50,
    percentile_disc(0.99) within group (order by unprotected_ms) filter (where filled_quantity > 0) as p99,
    max(unprotected_ms) filter (where filled_quantity > 0) as most
  from chosen group by 1, 2
)
select s.strategy_id, s.of_signal as signal_id, s.brackets, w.by_state, w.by_denial, w.by_failure, w.legs_by_state,
  s.realized_pnl, s.fees, s.p50, s.p99, s.most
from sums s join words w on w.strategy_id = s.strategy_id and w.of_signal is not distinct from s.of_signal
order by s.of_signal nulls first, s.strategy_id`
}

export function toOverview(row: OverviewRow): OverviewReply {
  const legs = row.legs_by_state ?? {}
  return {
    strategyId: row.strategy_id,
    signalId: row.signal_id,
    brackets: row.brackets,
    byState: row.by_state,
    byDenial: row.by_denial ?? {},
    byFailure: row.by_failure ?? {},
    intents: Object.values(legs).reduce((total, number) => total + number, 0),
    legsByState: legs,
    realizedPnl: row.realized_pnl,
    fees: row.fees,
    unprotectedMs: { p50: row.p50 ?? 0, p99: row.p99 ?? 0, max: row.most ?? 0 },
  }
}
