/**
 * Sends what the lanes allow: marked in PostgreSQL first, within the venue's budget, exits before entries.
 * Called by take-commands and by the desk's wake-ups. Must never send an order whose mark is not committed.
 */
import { Injectable } from '@nestjs/common'
import { approveOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import { refusalOf } from '@tradewire/broker-kit/capabilities'
import type { Result } from '@tradewire/kernel/result'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { runInTrace } from '@tradewire/observability/trace'
import { type AccountSession, Sessions } from '#ports/sessions.port'
import { afterSubmitting } from '#domain/attempt/attempt'
import { Desk, type OpenAttempt } from '#domain/sending/desk'
import { SendGate } from '#ports/send-gate.port'
import { type Settlement, SettleOutcome } from '../settle-outcome/settle-outcome.use-case.ts'

const requeueFirstMs = 200
const requeueMostMs = 5_000
const leaseRetryMs = 500

@Injectable()
export class PlaceOrders {
  /** How often an order was proved not sent, for its growing waits. */
  private readonly failures = new Map<string, number>()

  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly gate: SendGate,
    private readonly outcomes: SettleOutcome,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Places one order that is marked as submitting. Never rejects. */
  async execute(one: OpenAttempt): Promise<void> {
    if (one.attempt.state !== 'queued') return
    const { accountId, intentId } = one.attempt.command
    try {
      const known = this.sessions.known(accountId)
      const opened: Result<AccountSession, BrokerError> =
        known === undefined ? await this.sessions.get(accountId) : { ok: true, value: known }
      const settlement = opened.ok
        ? await this.place(one, opened.value)
        : this.outcomes.failed(toSubmitting(one), opened.error)
      if (settlement.kind === 'again') this.again(one, settlement.afterMs)
      else this.failures.delete(intentId)
    } catch (error) {
      // A mistake of ours after the send must not look like a refusal.
      this.logger.error({ err: error, intentId }, 'placing an order failed unexpectedly')
      this.outcomes.unknown(one, 'an internal failure hid the outcome')
    }
  }

  private async place(one: OpenAttempt, opened: AccountSession): Promise<Settlement> {
    const { command, clientOrderId, partition } = one.attempt
    if (this.hasExpired(one)) return { kind: 'settled' }
    if (opened.account.venue !== command.venue) {
      this.outcomes.refuse(toSubmitting(one), 'INVALID_ORDER', `The account is at ${opened.account.venue}.`)
      return { kind: 'settled' }
    }
    const approved = approveOrder(command, clientOrderId)
    if (!approved.ok) return this.outcomes.failed(toSubmitting(one), approved.error)
    const refusal = refusalOf(opened.definition.capabilities, approved.value)
    if (refusal !== null) return this.outcomes.failed(toSubmitting(one), refusal)
    const leverage = await this.gate.ensureLeverage(opened, command)
    if (!leverage.ok) return this.outcomes.failed(toSubmitting(one), leverageError(leverage.error))
    // While the leverage was set the order may have been cancelled or expired, or the lease lost and even taken again.
    if (one.attempt.state !== 'queued' || this.desk.find(command.intentId) !== one) return { kind: 'settled' }
    if (this.hasExpired(one)) return { kind: 'settled' }
    if (!this.gate.leaseHolds(partition)) return { kind: 'again', afterMs: leaseRetryMs }
    one.attempt = afterSubmitting(one.attempt, this.gate.now())
    const answer =
      one.trace === null
        ? await opened.session.submit(approved.value)
        : await runInTrace(one.trace, 'place order', (span) => {
            span.setAttribute('venue', command.venue)
            return opened.session.submit(approved.value)
          })
    return this.outcomes.execute(one, opened, answer)
  }

  private hasExpired(one: OpenAttempt): boolean {
    if (!this.gate.expired(one.attempt.command)) return false
    this.outcomes.refuse(toSubmitting(one), 'EXPIRED_BEFORE_SEND', 'The order expired before it could be sent.')
    return true
  }

  /** Proved not sent: tried again, an entry until it expires, an exit for ever. */
  private again(one: OpenAttempt, afterMs: number | null): void {
    const { intentId } = one.attempt.command
    const failures = this.failures.get(intentId) ?? 0
    if (afterMs === null) this.failures.set(intentId, failures + 1)
    const waitMs = afterMs ?? Math.min(requeueMostMs, requeueFirstMs * 2 ** Math.min(failures, 8))
    const timer = setTimeout(() => {
      if (this.desk.find(intentId) === one && one.attempt.state === 'queued') this.desk.enqueue(one, 'submit')
    }, waitMs)
    timer.unref()
  }
}

/** A refusal before the call is proof as good as the venue's: the moves are the same. */
function toSubmitting(one: OpenAttempt): OpenAttempt {
  if (one.attempt.state === 'queued') one.attempt = { ...one.attempt, state: 'submitting' }
  return one
}

/** Setting a leverage twice changes nothing: an unclear answer to it only means that the order was not sent. */
function leverageError(error: BrokerError): BrokerError {
  if (error.kind === 'rejected') return { ...error, code: 'LEVERAGE_REFUSED' }
  return error.kind === 'outcome-unknown' ? { kind: 'not-sent', message: error.message } : error
}
