/**
 * Moves orders from the lanes to the venue: takes what may go, stores the marks of all of them in one commit, lets go.
 * Called by the desk's wake-ups and by take-commands. Must never let an order go whose mark is not committed.
 */
// tidy-allow ratchet-use-case-methods: an order whose mark is stored already enters in the middle
import { Injectable } from '@nestjs/common'
import type { Venue } from '@tradewire/contracts/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Desk, type LaneWork, type OpenAttempt } from '#domain/sending/desk'
import { CancelOrders } from '../cancel-orders/cancel-orders.use-case.ts'
import { PlaceOrders } from '../place-orders/place-orders.use-case.ts'
import { SendGate } from '#ports/send-gate.port'

interface Taken {
  readonly one: OpenAttempt
  readonly work: LaneWork
}

const takenMax = 512
const markRetryMs = 250

@Injectable()
export class RunLanes {
  private readonly pumping = new Set<Venue>()
  private readonly again = new Set<Venue>()
  /** Their marks are being stored: what becomes ready meanwhile shares the next commit. Exits wait for exits alone. */
  private readonly marking = { exits: new Set<Venue>(), entries: new Set<Venue>() }
  private readonly timers = new Map<Venue, { readonly timer: NodeJS.Timeout; readonly dueMs: number }>()
  private stopped = false

  constructor(
    private readonly desk: Desk,
    private readonly gate: SendGate,
    private readonly orders: PlaceOrders,
    private readonly cancels: CancelOrders,
    @InjectLogger() private readonly logger: Logger,
  ) {
    desk.onWork((venue) => void this.pump(venue))
  }

  stop(): void {
    this.stopped = true
    for (const { timer } of this.timers.values()) clearTimeout(timer)
  }

  /** An order whose slot, budget and mark are taken already. */
  letGo(one: OpenAttempt, work: LaneWork): void {
    void this.run(one, work)
  }

  private async pump(venue: Venue): Promise<void> {
    if (this.stopped) return
    if (this.pumping.has(venue)) {
      this.again.add(venue)
      return
    }
    this.pumping.add(venue)
    try {
      // One turn of the event loop: slots that become free together share a mark.
      await new Promise(setImmediate)
      do {
        this.again.delete(venue)
        this.round(venue)
      } while (this.again.has(venue) && !this.stopped)
    } finally {
      this.pumping.delete(venue)
    }
  }

  private round(venue: Venue): void {
    const lanes = this.desk.lanesOf(venue)
    const exits: Taken[] = []
    const entries: Taken[] = []
    for (const work of lanes.take(takenMax, (exit) => !this.marking[classOf(exit)].has(venue))) {
      const one = this.desk.find(work.intentId)
      if (one === undefined || (work.kind === 'submit' && one.attempt.state !== 'queued')) {
        // Ended while it waited. What stands behind it in its account could not be taken in this round.
        lanes.done(work.accountId)
        this.again.add(venue)
        continue
      }
      const waitMs = this.gate.spend(one, work)
      if (waitMs > 0) {
        lanes.putBack(work)
        lanes.done(work.accountId)
        this.pumpLater(venue, waitMs)
      } else if (work.kind === 'cancel' || !this.gate.needsMark(one.attempt.command)) void this.run(one, work)
      else (work.exit ? exits : entries).push({ one, work })
    }
    if (exits.length > 0) void this.markAndLetGo(venue, exits, this.marking.exits)
    if (entries.length > 0) void this.markAndLetGo(venue, entries, this.marking.entries)
  }

  private async markAndLetGo(venue: Venue, taken: readonly Taken[], marking: Set<Venue>): Promise<void> {
    const lanes = this.desk.lanesOf(venue)
    const markAgain = (): void => {
      marking.delete(venue)
      this.desk.wake(venue)
    }
    marking.add(venue)
    try {
      const marked = await this.gate.mark(taken.map(({ one }) => one))
      for (const { one, work } of taken) {
        if (marked.has(work.intentId)) void this.run(one, work)
        // Ended meanwhile, or another process holds the partition: whoever holds it knows.
        else lanes.done(work.accountId)
      }
      markAgain()
    } catch (error) {
      this.logger.warn({ err: error, orders: taken.length }, 'orders wait: their marks could not be stored')
      for (const { work } of taken) {
        lanes.putBack(work)
        lanes.done(work.accountId)
      }
      // Without the wait a database that is away would be asked in a tight loop.
      setTimeout(markAgain, markRetryMs).unref()
    }
  }

  private async run(one: OpenAttempt, work: LaneWork): Promise<void> {
    const { venue } = one.attempt.command
    try {
      await (work.kind === 'cancel' ? this.cancels.run(one) : this.orders.execute(one))
    } finally {
      this.desk.lanesOf(venue).done(work.accountId)
      this.desk.wake(venue)
    }
  }

  /** The earliest wish counts: an exit does not wait for the budget that an entry waits for. */
  private pumpLater(venue: Venue, waitMs: number): void {
    const dueMs = this.gate.now().getTime() + waitMs
    const known = this.timers.get(venue)
    if (known !== undefined && known.dueMs <= dueMs) return
    clearTimeout(known?.timer)
    const timer = setTimeout(() => {
      this.timers.delete(venue)
      void this.pump(venue)
    }, waitMs)
    timer.unref()
    this.timers.set(venue, { timer, dueMs })
  }
}

function classOf(exit: boolean): 'exits' | 'entries' {
  return exit ? 'exits' : 'entries'
}
