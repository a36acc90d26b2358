/**
 * PostgreSQL's time without asking each time: its clock decides expiry, ours may jump.
 * Called by placement; kept by the lease heartbeat. Must never follow the wall clock of this machine.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { DatabaseTime } from '#ports/database-time.port'

@Injectable()
export class AnchoredTime extends DatabaseTime {
  private anchor: { readonly databaseMs: number; readonly monotonicMs: number } | null = null

  constructor(private readonly clock: Clock) {
    super()
  }

  observe(now: Date): void {
    this.anchor = { databaseMs: now.getTime(), monotonicMs: this.clock.monotonicMs() }
  }

  monotonicMs(): number {
    return this.clock.monotonicMs()
  }

  now(): Date {
    if (this.anchor === null) return this.clock.now()
    return new Date(this.anchor.databaseMs + this.clock.monotonicMs() - this.anchor.monotonicMs)
  }
}
