/** What planning costs once millions of ended brackets are stored. Called by the bench with --history. */
import type { World } from '../kit/bench.ts'
import { postAlert } from '../kit/post-alert.ts'
import type { Growth } from '../kit/report.ts'
import { rounded } from '../kit/statistics.ts'
import { alertOf } from '../parties/followers.ts'

const rounds = 5
const growthMost = 1.6
const batchRows = 250_000
const fanoutLimitMs = 120_000

/** Ended brackets of the same followers over the last year, with their entries. */
const historySql = `with numbered as (
  select *, row_number() over () - 1 as place from orders.follow
), ended as (
  insert into orders.bracket (bracket_id, signal_id, strategy_id, follow_id, account_id, user_id, venue, environment, symbol, side,
    state, holds_slot, quantity, leverage, margin, filled_quantity, closed_quantity, realized_pnl, created_at, closed_at,
    legs)
  select uuidv7(-(random() * 31536000) * interval '1 second'), f.follow_id, f.strategy_id, f.follow_id, f.account_id,
    f.user_id, 'paper', 'paper', 'BTC/USDT', 'buy', 'closed', false, 1, 5, 8000, 1, 1, 0, now() - interval '1 day',
    now() - interval '1 day',
    '[{"leg":"entry","purpose":"entry","side":"buy","type":"limit","quantity":"1","state":"filled"}]'
  from generate_series(0, $1::int - 1) as n
  join numbered f on f.place = n % (select count(*) from numbered)
  returning bracket_id
)
insert into orders.explain (signal_id, bracket_ids, traces)
select uuidv7(), array_agg(bracket_id), '[]' from ended`

export async function measureHistory(world: World): Promise<Growth> {
  const { ours, options } = world
  await ours.ask('create extension if not exists pg_stat_statements')
  await setTracking(world, 'top')
  const emptyMs = await insertMs(world)
  await setTracking(world, 'none')
  for (let rows = 0; rows < options.historyRows; rows += batchRows) {
    world.progress(`writing history: ${rows} of ${options.historyRows} brackets`)
    await ours.ask(historySql, [Math.min(batchRows, options.historyRows - rows)])
  }
  await ours.ask('analyze orders.bracket, orders.explain')
  await ours.ask('checkpoint')
  await setTracking(world, 'top')
  const fullMs = await insertMs(world)
  await setTracking(world, 'none')
  const ratio = fullMs / emptyMs
  return {
    name: `milliseconds to insert the plans of ${options.followers} followers, by brackets stored`,
    values: { '0': rounded(emptyMs), [String(options.historyRows)]: rounded(fullMs), ratio: rounded(ratio) },
    limit: `ratio <= ${growthMost}`,
    pass: ratio <= growthMost,
  }
}

async function setTracking({ ours }: World, what: 'top' | 'none'): Promise<void> {
  await ours.ask(`alter system set pg_stat_statements.track = '${what}'`)
  await ours.ask('select pg_reload_conf()')
}

async function insertMs(world: World): Promise<number> {
  const { ours, stub, wide, options } = world
  await ours.ask('select pg_stat_statements_reset()')
  for (let round = 0; round < rounds; round += 1) {
    await stub.reset()
    await postAlert(ours.alertUrl, alertOf(wide[round % wide.length]!))
    await stub.until(options.followers, fanoutLimitMs)
    await ours.freeFollows()
  }
  const { ms } = await ours.ask<{ ms: number }>(
    `select sum(total_exec_time)::float8 as ms from pg_stat_statements where query like 'with plan as%'`,
  )
  return ms / rounds
}
