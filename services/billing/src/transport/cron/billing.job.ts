/**
 * What happens without anybody asking: events are worked on, time passes, payments come due, providers are pulled.
 * Started with the service. Must never run the same work twice at once in one process; several processes may.
 */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { RunBilling } from '../../use-cases/run-billing/run-billing.use-case.ts'
import type { BillingConfig } from '../../config.ts'

/** How soon a new event is noticed. */
const idlePollMs = 200
/** How soon a subscription moves after its time has come. */
const timePollMs = 5_000

type Work = 'events' | 'time' | 'pull'

@Injectable()
export class BillingJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timers = new Map<Work, NodeJS.Timeout>()
  private readonly running = new Map<Work, Promise<void>>()
  private stopping = false

  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    @InjectLogger() private readonly logger: Logger,
    private readonly runBilling: RunBilling,
  ) {}

  onApplicationBootstrap(): void {
    this.repeat('events', idlePollMs)
    this.repeat('time', timePollMs)
    this.repeat('pull', this.config.pullIntervalMs)
  }

  /** Waits for what is under way; what a killed process held is claimed again after its lease. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true
    for (const timer of this.timers.values()) clearTimeout(timer)
    await Promise.all(this.running.values())
  }

  private repeat(work: Work, waitMs: number): void {
    if (this.stopping) return
    const timer = setTimeout(() => {
      const run = this.run(work)
      this.running.set(work, run)
      void run.then(() => this.repeat(work, waitMs))
    }, waitMs)
    this.timers.set(work, timer)
  }

  private async run(work: Work): Promise<void> {
    try {
      await this.runBilling.execute(work)
    } catch (error) {
      this.logger.warn({ err: error, work }, 'billing work failed and is tried again')
    }
  }
}
