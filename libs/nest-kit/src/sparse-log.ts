/**
 * Errors that may come a thousand times a second, as lines of the log: one a second, which says how many it stands for.
 * Called where requests are turned away and where rows of a pass fail. Must never hold a line back that is the first for a second.
 */
import type { Clock } from '@tradewire/kernel/clock'
import type { Logger } from '@tradewire/observability/logger'

const pauseMs = 1_000

export class SparseLog {
  private readonly logger: Pick<Logger, 'error'>
  private readonly clock: Pick<Clock, 'monotonicMs'>
  private quietUntilMs = Number.NEGATIVE_INFINITY
  private unsaid = 0

  constructor(logger: Pick<Logger, 'error'>, clock: Pick<Clock, 'monotonicMs'>) {
    this.logger = logger
    this.clock = clock
  }

  /** `unsaid` is how many were left out before this line; `about` says what it was about. */
  error(error: unknown, message: string, about: object = {}): void {
    const nowMs = this.clock.monotonicMs()
    if (nowMs < this.quietUntilMs) {
      this.unsaid += 1
      return
    }
    this.logger.error({ ...about, error, unsaid: this.unsaid }, message)
    this.quietUntilMs = nowMs + pauseMs
    this.unsaid = 0
  }
}
