/**
 * A clock that stands still until the test moves it. Called by tests of schedules, expiry and leases.
 * Must never be shared by tests that run at the same time.
 */
import { Clock } from '@tradewire/kernel/clock'

export class ManualClock extends Clock {
  private currentMs: number
  private elapsedMs = 0

  constructor(start = '2026-01-01T00:00:00.000Z') {
    super()
    this.currentMs = Date.parse(start)
  }

  override now(): Date {
    return new Date(this.currentMs)
  }

  override monotonicMs(): number {
    return this.elapsedMs
  }

  advance(byMs: number): void {
    this.currentMs += byMs
    this.elapsedMs += byMs
  }

  /** A jump of the wall time, as an operator or NTP makes it; the monotonic time does not notice. */
  jumpTo(time: string): void {
    this.currentMs = Date.parse(time)
  }
}
