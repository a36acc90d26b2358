/** A clock that stands still until the simulation moves it. Called by everything that runs in one. */
import { Clock } from '@tradewire/kernel/clock'

export class SettableClock extends Clock {
  private readonly startedMs: number
  private nowMs: number

  constructor(startsAt: Date) {
    super()
    this.startedMs = startsAt.getTime()
    this.nowMs = this.startedMs
  }

  now(): Date {
    return new Date(this.nowMs)
  }

  monotonicMs(): number {
    return this.nowMs - this.startedMs
  }

  advance(byMs: number): void {
    this.nowMs += byMs
  }
}
