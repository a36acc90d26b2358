/**
 * Makes one attempt of a claimed delivery and writes down what came of it.
 * Called by the delivery job. Must never mark a delivery as made without an answer that says so.
 */
import { Injectable } from '@nestjs/common'
import { webhookDisabled } from '@tradewire/contracts/events/webhooks'
import { Database } from '@tradewire/database/database'
import { GroupCommit } from '@tradewire/database/group-commit'
import { TransactionConflictError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { Randomness } from '@tradewire/kernel/randomness'
import { runInTrace } from '@tradewire/observability/trace'
import { judge, readRetryAfter } from '../../domain/schedule.ts'
import { signedHeaders } from '../../domain/signature.ts'
import { Deliveries, type Attempted, type Claimed } from '../../ports/deliveries.port.ts'
import { Sender } from '../../ports/sender.port.ts'

const outcomeBatchRows = 250
const outcomesQueuedMax = 10_000
/** Another process held what these outcomes needed: without another try all of the batch would be sent again. */
const conflictTriesMax = 2

@Injectable()
export class SendDelivery {
  private readonly outcomes: GroupCommit<Attempted, undefined>

  constructor(
    private readonly database: Database,
    private readonly deliveries: Deliveries,
    private readonly sender: Sender,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {
    this.outcomes = new GroupCommit({
      batchRows: outcomeBatchRows,
      queuedMax: outcomesQueuedMax,
      work: (attempts) => this.write(attempts, conflictTriesMax),
    })
  }

  /** One attempt. Rejects only when its outcome could not be written: the claim runs out and it is tried again. */
  async execute(delivery: Claimed): Promise<void> {
    const { claimedAt: startedAt } = delivery
    const startedMs = this.clock.monotonicMs()
    const headers = signedHeaders(delivery.eventId, delivery.body, delivery.secrets, startedAt)
    const sent = await runInTrace(delivery.trace, 'webhook send', () =>
      this.sender.send(delivery.url, { ...headers }, delivery.body),
    )
    const number = delivery.attempts + 1
    const durationMs = Math.round(this.clock.monotonicMs() - startedMs)
    const retryAfterMs = readRetryAfter(sent.retryAfter, new Date(startedAt.getTime() + durationMs))
    const verdict = judge({ status: sent.status, retryAfterMs, gone: sent.gone }, number, this.randomness)
    await this.outcomes.submit({
      delivery,
      number,
      startedAt,
      durationMs,
      status: sent.status,
      error: sent.error,
      responseExcerpt: sent.responseExcerpt,
      state: verdict.kind === 'retry' ? 'pending' : verdict.kind === 'delivered' ? 'delivered' : 'exhausted',
      waitMs: verdict.kind === 'retry' ? verdict.waitMs : 0,
      gone: verdict.kind === 'gone',
    })
  }

  private async write(attempts: readonly Attempted[], triesLeft: number): Promise<undefined[]> {
    try {
      return await this.database.transact((tx) => this.record(tx, attempts))
    } catch (error) {
      if (error instanceof TransactionConflictError && triesLeft > 1) return this.write(attempts, triesLeft - 1)
      throw error
    }
  }

  private async record(tx: Transaction, attempts: readonly Attempted[]): Promise<undefined[]> {
    for (const disabled of await this.deliveries.record(tx, attempts)) {
      tx.append(webhookDisabled, { ...disabled, disabledAt: this.clock.now().toISOString() })
    }
    return attempts.map(() => undefined)
  }
}
