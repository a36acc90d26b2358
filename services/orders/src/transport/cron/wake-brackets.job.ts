/**
 * Finishes what engaged kill switches demand, ends those whose time has come, wakes brackets that asked to be looked at
 * again, and only then gives waiting entries their turn: exits never wait for entries. Started with the service.
 * Must never run twice at once; several replicas may, for each bracket is locked while it is moved.
 */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { SlotBell } from '../../domain/planning/slot-bell.ts'
import { ApplyKillSwitches } from '../../use-cases/apply-kill-switches/apply-kill-switches.use-case.ts'
import { PlanWaiting } from '../../use-cases/plan-waiting/plan-waiting.use-case.ts'
import { WakeBrackets } from '../../use-cases/wake-brackets/wake-brackets.use-case.ts'

const pollMs = 500
const failurePollMs = 5_000
/** After the bell: what rings together is looked at together. */
const ringWaitMs = 5

@Injectable()
export class WakeBracketsJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopping = false
  private busy = false
  private rung = false

  constructor(
    private readonly wakeBrackets: WakeBrackets,
    private readonly applyKillSwitches: ApplyKillSwitches,
    private readonly planWaiting: PlanWaiting,
    private readonly slots: SlotBell,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.slots.onRing(() => this.hear())
    this.runIn(pollMs)
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true
    clearTimeout(this.timer)
    await this.running
  }

  private hear(): void {
    if (this.rung) return
    this.rung = true
    if (!this.busy) this.runIn(ringWaitMs)
  }

  private runIn(waitMs: number): void {
    clearTimeout(this.timer)
    if (this.stopping) return
    this.timer = setTimeout(() => {
      this.running = this.run()
    }, waitMs)
  }

  private async run(): Promise<void> {
    this.busy = true
    this.rung = false
    const waitMs = await this.turn()
    this.busy = false
    this.runIn(this.rung ? Math.min(waitMs, ringWaitMs) : waitMs)
  }

  /** Answers when the next one is due. */
  private async turn(): Promise<number> {
    const pauses = [
      await this.pauseAfter(() => this.applyKillSwitches.execute()),
      await this.pauseAfter(() => this.wakeBrackets.execute()),
      await this.pauseAfter(() => this.planWaiting.execute()),
    ]
    return pauses.includes(0) ? 0 : Math.max(...pauses)
  }

  /** None where there is more to do. What fails keeps nothing after it from its turn. */
  private async pauseAfter(work: () => Promise<unknown>): Promise<number> {
    try {
      return (await work()) === true ? 0 : pollMs
    } catch (error) {
      this.logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'waking brackets failed')
      return failurePollMs
    }
  }
}
