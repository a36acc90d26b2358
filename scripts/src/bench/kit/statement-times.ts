/** Which statements PostgreSQL spends its time on, for profiles. Called by the command with --profile. */
import { writeFile } from 'node:fs/promises'
import type { Ours } from '../parties/ours.ts'

interface Row {
  readonly calls: number
  readonly total_ms: number
  readonly plans: number
  readonly plan_ms: number
  readonly rows: number
  readonly wal_bytes: number
  readonly query: string
}

const shownRows = 40
const textCharacters = 160

export class StatementTimes {
  private readonly ours: Ours

  private constructor(ours: Ours) {
    this.ours = ours
  }

  static async begin(ours: Ours): Promise<StatementTimes> {
    await ours.ask('create extension if not exists pg_stat_statements')
    await ours.ask(`alter system set pg_stat_statements.track = 'top'`)
    await ours.ask('alter system set pg_stat_statements.track_utility = on')
    await ours.ask('alter system set pg_stat_statements.track_planning = on')
    await ours.ask('select pg_reload_conf()')
    await ours.ask('select pg_stat_statements_reset()')
    return new StatementTimes(ours)
  }

  async write(file: string): Promise<void> {
    const { rows } = await this.ours.admin.query<Row>(
      `select calls::int, total_exec_time::float8 as total_ms, plans::int, total_plan_time::float8 as plan_ms, rows::int, wal_bytes::float8 as wal_bytes, query from pg_stat_statements
       order by total_exec_time + total_plan_time desc limit ${shownRows}`,
    )
    const lines = rows.map(({ calls, total_ms, plans, plan_ms, rows: count, wal_bytes: wal, query }) => {
      const text = query.replaceAll(/\s+/g, ' ').slice(0, textCharacters)
      return `${total_ms.toFixed(0).padStart(8)} ms ${String(calls).padStart(7)} calls ${plan_ms.toFixed(0).padStart(6)} ms for ${String(plans).padStart(6)} plans ${String(count).padStart(8)} rows ${(wal / 1_024).toFixed(0).padStart(8)} KB of WAL  ${text}`
    })
    await writeFile(file, `${lines.join('\n')}\n`)
  }
}
