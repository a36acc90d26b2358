/** Makes reports when a week or a month is over. Started with the service. Must never run beside itself in one process. */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { MakeReports } from '../../use-cases/make-reports/make-reports.use-case.ts'

/** How soon the end of a period is noticed. */
const pollMs = 60_000

@Injectable()
export class ReportsJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined

  constructor(
    private readonly makeReports: MakeReports,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => (this.running ??= this.run()), pollMs)
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer)
    await this.running
  }

  private async run(): Promise<void> {
    try {
      await this.makeReports.execute()
    } catch (error) {
      this.logger.warn({ err: error }, 'reports could not be made and are tried again')
    } finally {
      this.running = undefined
    }
  }
}
