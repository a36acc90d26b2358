/**
 * Cancels orders of ours, as often as asked, with one effect. Called by take-commands and from the lanes.
 * Must never call an order cancelled because the venue did not find it: its final state is read instead.
 */
// tidy-allow ratchet-use-case-methods: the wish and the try at the venue are two moments of one cancel
import { Injectable } from '@nestjs/common'
import type { OrderReference } from '@tradewire/broker-kit/broker-session'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Sessions } from '#ports/sessions.port'
import { isFinal, referenceOf } from '#domain/attempt/attempt'
import { Desk, type OpenAttempt } from '#domain/sending/desk'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'

const retryFirstMs = 250
const retryMostMs = 5_000

@Injectable()
export class CancelOrders {
  private readonly failures = new Map<string, number>()

  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly evidence: ApplyEvidence,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** The wish is stored already. Cancels at once what has not left; the rest when its state allows. */
  request(intentId: string): void {
    const one = this.desk.find(intentId)
    if (one === undefined || isFinal(one.attempt.state)) return
    one.attempt = { ...one.attempt, cancelRequested: true }
    if (one.attempt.state === 'queued' && this.evidence.localCancel(one)) {
      const { venue, accountId } = one.attempt.command
      this.desk.lanesOf(venue).remove(accountId, intentId)
      return
    }
    // Submitting and unknown orders are cancelled when it is known that they stand.
    if (one.attempt.state !== 'accepted' || one.cancelling) return
    one.cancelling = true
    this.desk.enqueue(one, 'cancel')
  }

  /** One try at the venue, in the account's lane. Never rejects. */
  async run(one: OpenAttempt): Promise<void> {
    if (isFinal(one.attempt.state)) return
    const { command } = one.attempt
    const ended = await this.cancel(one, referenceOf(one.attempt)).catch((error: unknown) => {
      this.logger.error({ err: error, intentId: command.intentId }, 'cancelling an order failed unexpectedly')
      return false
    })
    if (ended || isFinal(one.attempt.state)) this.failures.delete(command.intentId)
    else this.later(one)
  }

  /** True when there is nothing left to do. */
  private async cancel(one: OpenAttempt, reference: OrderReference): Promise<boolean> {
    const opened = await this.sessions.get(one.attempt.command.accountId)
    if (!opened.ok) return false
    const { session } = opened.value
    const cancelled = await session.cancel(reference)
    if (cancelled.ok) {
      this.evidence.venueOrder(one, cancelled.value)
      // A venue may take a cancel and carry it out later.
      return isFinal(one.attempt.state)
    }
    const { error } = cancelled
    // The lane waits for the budget; the account's exits must not wait for a read as well.
    if (error.kind === 'rate-limited') return false
    if (error.kind === 'rejected' && error.code !== 'ORDER_NOT_FOUND') {
      this.logger.warn({ intentId: one.attempt.command.intentId, code: error.code }, 'the venue refuses a cancel')
    }
    // Not found, refused or unclear: what the order is now decides.
    const found = await session.findByClientId(reference)
    if (!found.ok || found.value === null) return false
    this.evidence.venueOrder(one, found.value)
    return isFinal(one.attempt.state)
  }

  private later(one: OpenAttempt): void {
    const { intentId } = one.attempt.command
    const failures = this.failures.get(intentId) ?? 0
    this.failures.set(intentId, failures + 1)
    const timer = setTimeout(
      () => {
        if (this.desk.find(intentId) === one && !isFinal(one.attempt.state)) this.desk.enqueue(one, 'cancel')
      },
      Math.min(retryMostMs, retryFirstMs * 2 ** Math.min(failures, 6)),
    )
    timer.unref()
  }
}
