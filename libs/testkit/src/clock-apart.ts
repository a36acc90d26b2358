/**
 * The system's clock with a wall time that is wrong by as much as a test says; the monotonic time is right.
 * Called by tests of what must not follow the wall clock. Must never be shared by tests that run at the same time.
 */
import { SystemClock } from '@tradewire/kernel/clock'

export class ClockApart extends SystemClock {
  constructor(public apartMs = 0) {
    super()
  }

  override now(): Date {
    return new Date(super.now().getTime() + this.apartMs)
  }
}
