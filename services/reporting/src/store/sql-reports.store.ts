/** How far reports have been made, in PostgreSQL. Called through the Reports port. Must never read the ledger user by user. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import type { Period, ReportPeriod } from '../domain/report.ts'
import { Reports, type Figures } from '../ports/reports.port.ts'

const FIGURES = `
with trader as (
  select distinct user_id from ledger_entry
  where occurred_at >= $1 and occurred_at < $2 and ($3::uuid is null or user_id > $3)
  order by user_id limit $4
)
select user_id, currency, count(distinct trade_id)::int as trades, sum(amount) as realized_pnl,
  coalesce(-sum(amount) filter (where kind = 'fee'), 0) as fees
from ledger_entry join trader using (user_id) where occurred_at >= $1 and occurred_at < $2
group by user_id, currency order by user_id, currency`

interface FiguresRow {
  readonly user_id: string
  readonly currency: string
  readonly trades: number
  readonly realized_pnl: string
  readonly fees: string
}

@Injectable()
export class SqlReports extends Reports {
  async lock(tx: Transaction, period: ReportPeriod, from: Date): Promise<string | null | undefined> {
    const key = [period, from]
    await tx.query('insert into report_run (period, began) values ($1, $2) on conflict do nothing', key)
    const [row] = await tx.query<{ after_user: string | null; done: boolean }>(
      'select after_user, done from report_run where period = $1 and began = $2 for update',
      key,
    )
    return row === undefined || row.done ? undefined : row.after_user
  }

  async figures(tx: Transaction, { from, until }: Period, after: string | null, users: number): Promise<Figures[]> {
    const rows = await tx.query<FiguresRow>(FIGURES, [from, until, after, users])
    return [...Map.groupBy(rows, (row) => row.user_id)].map(([userId, own]) => ({
      userId,
      tradesClosed: own.reduce((sum, { trades }) => sum + trades, 0),
      results: own.map(({ currency, realized_pnl: pnl, fees }) => ({
        currency,
        realizedPnl: decimal(pnl).toString(),
        fees: decimal(fees).toString(),
      })),
    }))
  }

  async advance(
    tx: Transaction,
    period: ReportPeriod,
    from: Date,
    { userId, done }: { readonly userId: string | null; readonly done: boolean },
  ): Promise<void> {
    const parameters = [period, from, userId, done]
    await tx.query('update report_run set after_user = $3, done = $4 where period = $1 and began = $2', parameters)
  }
}
