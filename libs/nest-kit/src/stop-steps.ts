/**
 * What has to be stopped, last started first, within one limit.
 * Called by startService, also when a start fails half way. Must never leave a step out because an earlier one hangs.
 */
import type { Clock } from '@tradewire/kernel/clock'
import type { Logger } from '@tradewire/observability/logger'

export const stopWithinMs = 20_000
/** What each remaining step still gets once the limit is used up. */
const lateStepMs = 250

interface Step {
  readonly name: string
  readonly stop: () => Promise<void> | void
}

export class StopSteps {
  private readonly steps: Step[] = []
  private readonly clock: Clock
  private readonly logger: Logger
  private running: Promise<void> | undefined

  constructor(clock: Clock, logger: Logger) {
    this.clock = clock
    this.logger = logger
  }

  add(name: string, stop: () => Promise<void> | void): void {
    this.steps.push({ name, stop })
  }

  /** Runs all steps in reverse; never rejects. Calling it again waits for the first run. */
  run(): Promise<void> {
    this.running ??= this.runAll()
    return this.running
  }

  private async runAll(): Promise<void> {
    const deadlineMs = this.clock.monotonicMs() + stopWithinMs
    for (const step of this.steps.toReversed()) {
      const leftMs = Math.max(lateStepMs, deadlineMs - this.clock.monotonicMs())
      await this.runStep(step, leftMs)
    }
  }

  private async runStep({ name, stop }: Step, withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), withinMs)
    })
    try {
      const outcome = await Promise.race([Promise.resolve(stop()), late])
      if (outcome === 'late') this.logger.warn({ step: name, withinMs }, 'stopping took too long and goes on without')
    } catch (error) {
      this.logger.error({ step: name, error }, 'stopping failed at one step and goes on')
    } finally {
      clearTimeout(timer)
    }
  }
}
