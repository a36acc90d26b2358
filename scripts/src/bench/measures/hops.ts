/**
 * Where time goes, from what the services themselves note: hop by hop from the news of a fill to the stop, and from an
 * alert to its order. Called by the benches after a round. Must never take part in what it measures.
 */
import { percentile, rounded } from '../kit/statistics.ts'
import type { Ours } from '../parties/ours.ts'

const [p50, p99] = [50, 99]

/** All stops whose fill was heard since then. */
const exitSql = `select ms(stop ->> 'submittedAt', entry ->> 'observedAt') as "heard to decided",
    ms(a.received_at, stop ->> 'submittedAt') as "decided to stored", ms(a.sent_at, a.received_at) as "stored to sent"
  from orders.bracket b
  cross join lateral (select leg from json_array_elements(b.legs::json) as leg where leg ->> 'leg' = 'entry') as e (entry)
  cross join lateral (select leg from json_array_elements(b.legs::json) as leg where leg ->> 'leg' = 'stop-1') as s (stop)
  join brokers.attempt a on a.intent_id = (stop ->> 'intentId')::uuid
  where b.symbol = $1 and (entry ->> 'observedAt')::timestamptz >= $2::timestamptz and a.sent_at is not null`

/** All entries whose alert came since then. */
const entrySql = `select ms(p.planned_at, p.received_at) as "received to planning",
    ms(a.received_at, p.planned_at) as "planning to stored", ms(a.sent_at, a.received_at) as "stored to sent"
  from orders.signal_plan p
  join orders.bracket b using (signal_id)
  cross join lateral (select b.legs::json -> 0 as entry) as e
  join brokers.attempt a on a.intent_id = (entry ->> 'intentId')::uuid
  where p.received_at >= $1::timestamptz and a.sent_at is not null`

/** `ms(later, earlier)`: milliseconds between them. */
function spelledOut(sql: string): string {
  return sql.replaceAll(
    /\bms\((.+?), (.+?)\) as/gu,
    'extract(epoch from (($1)::timestamptz - ($2)::timestamptz)) * 1000 as',
  )
}

export function exitHops(ours: Ours, symbol: string, since: Date): Promise<string> {
  return hopsOf(ours, exitSql, [symbol, since])
}

export function entryHops(ours: Ours, since: Date): Promise<string> {
  return hopsOf(ours, entrySql, [since])
}

async function hopsOf(ours: Ours, sql: string, parameters: readonly unknown[]): Promise<string> {
  const { rows, fields } = await ours.admin.query<Record<string, string>>(spelledOut(sql), [...parameters])
  const hops = fields.map(({ name }) => {
    const waits = rows.map((row) => Number(row[name]))
    return `${name} ${rounded(percentile(waits, p50))} ms (p99 ${rounded(percentile(waits, p99))})`
  })
  return hops.join(', ')
}
