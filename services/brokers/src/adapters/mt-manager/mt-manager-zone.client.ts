/**
 * The zone of a trade server, whose times name none: found by asking what time it is there. Called by the account.
 * Must never take a clock that is a little wrong for another zone.
 */
import type { Clock } from '@tradewire/kernel/clock'
import { ok } from '@tradewire/kernel/result'
import type { Answer } from './mt-manager-api.client.ts'
import type { TradeRecord } from './mt-manager-records.wire.ts'

/** Zones are whole quarters of an hour apart. */
const zoneStepMs = 900_000
/** Servers keep summer time. */
const zoneFreshMs = 60_000

export class MtManagerZone {
  private aheadMs = 0
  private foundAtMs: number | null = null

  constructor(private readonly clock: Clock) {}

  /** Asks unless that was done a moment ago. Where an answer is lost the zone stays that was found before; nothing is guessed. */
  async find(ask: () => Answer<Date>): Answer<undefined> {
    const nowMs = this.clock.monotonicMs()
    if (this.foundAtMs !== null && nowMs - this.foundAtMs < zoneFreshMs) return ok(undefined)
    const told = await ask()
    if (told.ok) {
      const apartMs = told.value.getTime() - this.clock.now().getTime()
      this.aheadMs = Math.round(apartMs / zoneStepMs) * zoneStepMs
    } else if (this.foundAtMs === null) return told
    this.foundAtMs = nowMs
    return ok(undefined)
  }

  /** A trade by UTC. */
  inUtc(record: TradeRecord): TradeRecord {
    const { openTime, closeTime } = record
    return { ...record, openTime: this.moment(openTime), closeTime: this.moment(closeTime) }
  }

  /** From when on to ask so that nothing since a moment is missing, in whichever zone the question is understood. */
  from(since: Date): Date {
    return new Date(since.getTime() + Math.min(this.aheadMs, 0))
  }

  private moment(told: Date): Date {
    return new Date(told.getTime() - this.aheadMs)
  }
}
