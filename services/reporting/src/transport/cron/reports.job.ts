/** Makes reports when a week or a month is over. Called by Nest. Must never decide anything. */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { MakeReports } from '../../use-cases/make-reports/make-reports.use-case.ts'

/** How soon the end of a period is noticed. */
const lookEveryMs = 60_000

@Injectable()
export class ReportsJob extends RegularJob {
  constructor(reports: MakeReports, @InjectLogger() logger: Logger) {
    super(logger, {
      work: () => reports.execute(),
      everyMs: lookEveryMs,
      failed: 'reports could not be made and are tried again',
    })
  }
}
