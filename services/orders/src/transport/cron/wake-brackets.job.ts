/**
 * Wakes brackets that asked to be looked at again, and finishes what engaged kill switches demand. Started with the service.
 * Must never run twice at once; several replicas may, for each bracket is locked while it is moved.
 */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { ApplyKillSwitches } from '../../use-cases/apply-kill-switches/apply-kill-switches.use-case.ts'
import { WakeBrackets } from '../../use-cases/wake-brackets/wake-brackets.use-case.ts'

const pollMs = 500
const failurePollMs = 5_000

@Injectable()
export class WakeBracketsJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopping = false

  constructor(
    private readonly wakeBrackets: WakeBrackets,
    private readonly applyKillSwitches: ApplyKillSwitches,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.runIn(pollMs)
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true
    clearTimeout(this.timer)
    await this.running
  }

  private runIn(waitMs: number): void {
    if (this.stopping) return
    this.timer = setTimeout(() => {
      this.running = this.run()
    }, waitMs)
  }

  private async run(): Promise<void> {
    try {
      await this.applyKillSwitches.execute()
      const more = await this.wakeBrackets.execute()
      this.runIn(more ? 0 : pollMs)
    } catch (error) {
      this.logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'waking brackets failed')
      this.runIn(failurePollMs)
    }
  }
}
