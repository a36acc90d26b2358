/**
 * Makes the report of the last week and month for everyone who closed trades in it, once each.
 * Called by the reports job. Must never tell a report that is not committed with the memory of it.
 */
import { Injectable } from '@nestjs/common'
import { reportMade } from '@tradewire/contracts/events/notices'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { lastPeriod, reportOf, type ReportPeriod } from '../../domain/report.ts'
import { Reports } from '../../ports/reports.port.ts'

/** Users whose reports are made in one transaction. */
const batchUsers = 200

@Injectable()
export class MakeReports {
  constructor(
    private readonly database: Database,
    private readonly reports: Reports,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    for (const period of ['weekly', 'monthly'] as const) while (await this.makeSome(period));
  }

  /** True when there may be more. */
  private makeSome(period: ReportPeriod): Promise<boolean> {
    const now = this.clock.now()
    const last = lastPeriod(period, now)
    return this.database.transact(async (tx) => {
      const after = await this.reports.lock(tx, period, last.from)
      if (after === undefined) return false
      const figures = await this.reports.figures(tx, last, after, batchUsers)
      tx.append(
        reportMade,
        figures.map((each) => reportOf({ ...last, period }, each, now)),
      )
      const done = figures.length < batchUsers
      await this.reports.advance(tx, period, last.from, { userId: figures.at(-1)?.userId ?? after, done })
      return !done
    })
  }
}
