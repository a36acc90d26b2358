/** How far reports have been made, and what they are made of. Called by the use case that makes them. Must never hand out a user twice. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Period, Report, ReportPeriod } from '../domain/report.ts'

export type Figures = Pick<Report, 'userId' | 'tradesClosed' | 'results'>

export abstract class Reports {
  /** Locks the reports of a period: the last user who has theirs, null before the first; undefined when all are made. */
  abstract lock(tx: Transaction, period: ReportPeriod, from: Date): Promise<string | null | undefined>
  /** Of the next users with closed trades in the period, by id. */
  abstract figures(tx: Transaction, period: Period, after: string | null, users: number): Promise<Figures[]>
  abstract advance(
    tx: Transaction,
    period: ReportPeriod,
    from: Date,
    to: { readonly userId: string | null; readonly done: boolean },
  ): Promise<void>
}
