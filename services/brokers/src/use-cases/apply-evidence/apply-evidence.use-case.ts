/**
 * Evidence about an order becomes its new state, in memory at once and in PostgreSQL with the next commit.
 * Called by placement, recovery, reconciliation and streams. Must never let older news undo newer.
 */
// tidy-allow ratchet-use-case-methods: each kind of evidence is a verb of its own on one shared state
import { Injectable } from '@nestjs/common'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { Clock } from '@tradewire/kernel/clock'
import { partitionOf } from '@tradewire/kernel/partition'
import {
  type Attempt,
  afterLocalCancel,
  afterLostReply,
  afterRefusal,
  afterVenueOrder,
  isFinal,
  type Reason,
} from '#domain/attempt/attempt'
import { Desk, openAttempt, type OpenAttempt } from '#domain/sending/desk'
import { Attempts } from '#ports/attempts.port'
import { Results } from '#ports/results.port'

interface Ended {
  readonly one: OpenAttempt
  readonly atMs: number
}

/** Ended orders stay in memory for so long: their last stream messages come after the reply. */
const lingerMs = 2_000
/** An order whose fee the venue has not told yet stays longer. */
const feeLingerMs = 20_000

@Injectable()
export class ApplyEvidence {
  private ended: Ended[] = []
  private fillListener: (accountId: string) => void = () => undefined

  constructor(
    private readonly desk: Desk,
    private readonly writer: Results,
    private readonly attempts: Attempts,
    private readonly clock: Clock,
  ) {
    writer.deferWhile(() => desk.isBusy)
  }

  /** Called when an account's balance must have changed. */
  onFill(listener: (accountId: string) => void): void {
    this.fillListener = listener
  }

  venueOrder(one: OpenAttempt, order: VenueOrder): void {
    const before = one.attempt
    const next = afterVenueOrder(before, order, this.clock.now())
    if (next === null) return
    this.replace(one, next)
    if (next.filledQuantity === before.filledQuantity) return
    this.desk.noteFill(next.command, this.clock.monotonicMs())
    this.fillListener(next.command.accountId)
  }

  /** News by itself, from a stream: of an order in memory, or of one that ended a while ago. False: it is not ours. */
  async news(accountId: string, order: VenueOrder): Promise<boolean> {
    const open = this.desk.findByClientId(accountId, order.clientOrderId)
    if (open !== undefined) {
      this.venueOrder(open, order)
      return true
    }
    const held = this.desk.heldPartition(partitionOf(accountId))
    if (held === undefined) return true
    const stored = await this.attempts.byClientOrderId(accountId, order.clientOrderId)
    // Without a row it is not an order of ours: whoever placed it by hand may keep it.
    if (stored === null) return false
    if (this.desk.findByClientId(accountId, order.clientOrderId) !== undefined) return true
    this.venueOrder(openAttempt(stored.attempt, held.generation, stored.trace), order)
    return true
  }

  /** The reply to a placement was lost; true when that is news. */
  lostReply(one: OpenAttempt, message: string): boolean {
    const next = afterLostReply(one.attempt, message)
    if (next === null) return false
    if (one.unknownTold) {
      // Lost again after a second try: its row says unknown or submitting already, and nobody needs to hear it twice.
      one.attempt = { ...next, revision: one.attempt.revision }
      return false
    }
    one.unknownTold = true
    this.replace(one, next)
    return true
  }

  refusal(one: OpenAttempt, reason: Reason): boolean {
    return this.maybe(one, afterRefusal(one.attempt, reason, this.clock.now()))
  }

  localCancel(one: OpenAttempt): boolean {
    return this.maybe(one, afterLocalCancel(one.attempt))
  }

  /** Ended orders whose fee is still untold after a while. */
  withoutFee(olderThanMs: number): readonly OpenAttempt[] {
    const before = this.clock.monotonicMs() - olderThanMs
    return this.ended.filter(({ one, atMs }) => atMs < before && lacksFee(one.attempt)).map(({ one }) => one)
  }

  /** Forgets orders that ended long enough ago. Called by a timer. */
  sweep(): void {
    const nowMs = this.clock.monotonicMs()
    const kept: Ended[] = []
    for (const each of this.ended) {
      const lingers = nowMs - each.atMs < (lacksFee(each.one.attempt) ? feeLingerMs : lingerMs)
      if (lingers) kept.push(each)
      else if (this.desk.find(each.one.attempt.command.intentId) === each.one) this.desk.forget(each.one)
    }
    this.ended = kept
  }

  private maybe(one: OpenAttempt, next: Attempt | null): boolean {
    if (next === null) return false
    this.replace(one, next)
    return true
  }

  private replace(one: OpenAttempt, next: Attempt): void {
    const wasFinal = isFinal(one.attempt.state)
    one.attempt = next
    this.writer.write({ attempt: next, generation: one.generation, trace: one.trace, observedAt: this.clock.now() })
    if (isFinal(next.state) && !wasFinal) this.ended.push({ one, atMs: this.clock.monotonicMs() })
    if (next.state === 'accepted' && next.cancelRequested && !one.cancelling) {
      one.cancelling = true
      this.desk.enqueue(one, 'cancel')
    }
  }
}

function lacksFee(attempt: Attempt): boolean {
  return attempt.fee === null && attempt.filledQuantity !== '0'
}
