/**
 * Works that a service does again and again by itself: none beside itself, and after a failure at its next turn.
 * Extended by the jobs in `transport/cron`; Nest starts and stops it. Must never end while a turn is under way.
 */
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common'
import type { Logger } from '@tradewire/observability/logger'

export interface RegularWork {
  /** True where there may be more to do, for which no pause is made. */
  readonly work: () => Promise<unknown>
  /** The pause after a turn. */
  readonly everyMs: number
  /** The pause after a turn that failed, where it is another one. */
  readonly afterFailureMs?: number
  /** What the log says of a turn that failed. */
  readonly failed: string
}

export abstract class RegularJob implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly works: readonly RegularWork[]
  private readonly timers = new Map<RegularWork, NodeJS.Timeout>()
  private readonly running = new Map<RegularWork, Promise<void>>()
  private stopping = false

  protected constructor(
    protected readonly logger: Logger,
    ...works: readonly RegularWork[]
  ) {
    this.works = works
  }

  onApplicationBootstrap(): void {
    for (const one of this.works) this.turnIn(one, one.everyMs)
  }

  /** No turn begins from now on. */
  onModuleDestroy(): void {
    this.stopping = true
    for (const timer of this.timers.values()) clearTimeout(timer)
  }

  async onApplicationShutdown(): Promise<void> {
    this.onModuleDestroy()
    await Promise.all(this.running.values())
  }

  private turnIn(one: RegularWork, waitMs: number): void {
    if (this.stopping) return
    const timer = setTimeout(() => this.running.set(one, this.turn(one)), waitMs)
    this.timers.set(one, timer.unref())
  }

  private async turn(one: RegularWork): Promise<void> {
    try {
      const more = (await one.work()) === true
      this.turnIn(one, more ? 0 : one.everyMs)
    } catch (error) {
      this.logger.warn({ err: error }, one.failed)
      this.turnIn(one, one.afterFailureMs ?? one.everyMs)
    }
  }
}
