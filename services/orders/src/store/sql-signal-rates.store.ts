/** Counts of planned signals in PostgreSQL. Called through the SignalRates port. Must never count a whole day for each signal. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { dayMs, minuteMs } from '../domain/stopping/signal-rate.ts'
import type { Signal } from '../domain/planning/signal-plan.ts'
import { SignalRates, type SourceRate } from '../ports/signal-rates.port.ts'

/** Those that somebody was planned for: what was denied to all is not in the index. */
const others = `p.strategy_id = $1 and p.signal_id <> $2 and p.denial is null`

const rateSql = `select s.owner_id, paused.engaged > 0 as paused,
  count(p.signal_id) filter (where p.received_at > greatest($3, paused.released_at))::int as last_minute,
  count(p.signal_id)::int as last_day
from strategy s
cross join lateral (
  select count(*) filter (where k.released_at is null) as engaged, max(k.released_at) as released_at
  from kill_switch k where k.scope = 'source' and k.scope_id = s.strategy_id
) paused
left join signal_plan p on ${others} and p.received_at > $4
where s.strategy_id = $1 group by s.owner_id, paused.engaged`

interface RateRow {
  readonly owner_id: string
  readonly paused: boolean
  readonly last_minute: number
  readonly last_day: number
}

@Injectable()
export class SqlSignalRates extends SignalRates {
  async of(tx: Transaction, signal: Signal): Promise<SourceRate | undefined> {
    const since = [before(signal, minuteMs), before(signal, dayMs)]
    const [row] = await tx.query<RateRow>(rateSql, [signal.strategyId, signal.signalId, ...since])
    if (row === undefined) return undefined
    const { owner_id: ownerId, paused } = row
    return { ownerId, paused, lastMinute: row.last_minute + 1, lastDay: row.last_day + 1 }
  }
}

function before({ receivedAt }: Signal, ms: number): Date {
  return new Date(Date.parse(receivedAt) - ms)
}
