/**
 * One work that a service does again and again by itself: never beside itself, and after a failure at its next turn.
 * Extended by the jobs in `transport/cron`; Nest starts and stops it. Must never end while its turn is under way.
 */
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common'
import type { Logger } from '@tradewire/observability/logger'

export interface Regularity {
  readonly everyMs: number
  /** What the log says of a turn that failed. */
  readonly failed: string
}

export abstract class RegularJob implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined

  protected constructor(
    private readonly regularity: Regularity,
    protected readonly logger: Logger,
  ) {}

  protected abstract work(): Promise<void>

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => (this.running ??= this.turn()), this.regularity.everyMs).unref()
  }

  onModuleDestroy(): void {
    clearInterval(this.timer)
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running
  }

  private async turn(): Promise<void> {
    try {
      await this.work()
    } catch (error) {
      this.logger.warn({ err: error }, this.regularity.failed)
    } finally {
      this.running = undefined
    }
  }
}
