/**
 * Where an exit's time goes, from what the services themselves note: hop by hop from the news of a fill to the stop.
 * Called by the overload bench after each round. Must never take part in what it measures.
 */
import { percentile, rounded } from '../kit/statistics.ts'
import type { Ours } from '../parties/ours.ts'

interface HopRow {
  readonly decided: number
  readonly stored: number
  readonly sent: number
}

const names: Readonly<Record<keyof HopRow, string>> = {
  decided: 'heard to decided',
  stored: 'decided to stored',
  sent: 'stored to sent',
}
const [p50, p99] = [50, 99]

/** All stops whose fill was heard since then. */
const hopsSql = `select extract(epoch from ((stop ->> 'submittedAt')::timestamptz - (entry ->> 'observedAt')::timestamptz)) * 1000 as decided,
    extract(epoch from (a.received_at - (stop ->> 'submittedAt')::timestamptz)) * 1000 as stored,
    extract(epoch from (a.sent_at - a.received_at)) * 1000 as sent
  from orders.bracket b
  cross join lateral (select leg from json_array_elements(b.legs::json) as leg where leg ->> 'leg' = 'entry') as e (entry)
  cross join lateral (select leg from json_array_elements(b.legs::json) as leg where leg ->> 'leg' = 'stop-1') as s (stop)
  join brokers.attempt a on a.intent_id = (stop ->> 'intentId')::uuid
  where b.symbol = $1 and (entry ->> 'observedAt')::timestamptz >= $2::timestamptz and a.sent_at is not null`

export async function exitHops(ours: Ours, symbol: string, since: Date): Promise<string> {
  const { rows } = await ours.admin.query<Record<keyof HopRow, string>>(hopsSql, [symbol, since])
  const hops = Object.entries(names).map(([hop, name]) => {
    const waits = rows.map((row) => Number(row[hop as keyof HopRow]))
    return `${name} ${rounded(percentile(waits, p50))} ms (p99 ${rounded(percentile(waits, p99))})`
  })
  return hops.join(', ')
}
