/**
 * One transaction per batch: inbox, handler for the fresh events, outbox; then the acks (rules R3 and R5).
 * Called by the consumer runner. Must never ack before the commit, and never let one message's failure harm another's.
 */
import type { Event } from '@tradewire/contracts/define-event'
import type { Database } from '@tradewire/database/database'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { runInTrace } from '@tradewire/observability/trace'
import { type BusLogger, errorFields } from './bus-logger.ts'
import type { BusMetrics } from './bus-metrics.ts'
import { type DeadLetter, insertDeadLetters } from './dead-letters.ts'
import type { Delivery } from './delivery.ts'

export type EventsHandler = (events: readonly Event[], tx: Transaction) => Promise<void>

export interface BatchProcessorDeps {
  readonly consumer: string
  readonly stream: string
  readonly database: Database
  readonly handler: EventsHandler
  readonly logger: BusLogger
  readonly metrics: BusMetrics
  readonly now: () => Date
  /** Waits before work is tried again while PostgreSQL is away; false once the runner stops. */
  readonly pause: (attempt: number) => Promise<boolean>
  /** True while the message's own connection lives, so that its ack cannot hit another message. */
  readonly mayAnswer: (delivery: Delivery) => boolean
}

/** After this many deliveries an event goes to the dead letters. */
export const deliveriesMax = 6
/** The wait before each further delivery; longer plans live in PostgreSQL (rule R5). */
const redeliveryWaitsMs = [250, 1_000, 3_000, 8_000, 15_000] as const

const inboxSql = `insert into inbox (consumer, event_id)
select $1::text, event_id from unnest($2::uuid[]) as e (event_id) on conflict do nothing returning event_id`

export class BatchProcessor {
  private readonly deps: BatchProcessorDeps

  constructor(deps: BatchProcessorDeps) {
    this.deps = deps
  }

  /** Never rejects: every delivery is acked, delayed, buried, or left to the server when the runner stops. */
  async process(batch: readonly Delivery[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.processOnce(batch)
        return
      } catch (error) {
        // Only an absent database gets here: the batch is kept and tried again, without using up deliveries.
        if (attempt === 0) this.deps.logger.warn(errorFields(error), `${this.deps.consumer} waits for PostgreSQL`)
        if (!(await this.deps.pause(attempt))) return
      }
    }
  }

  private async processOnce(batch: readonly Delivery[]): Promise<void> {
    const worn = batch.filter(({ deliveries }) => deliveries > deliveriesMax)
    // More deliveries than ever allowed: the process died while handling it. It does not get to do so again.
    for (const delivery of worn) await this.bury(delivery, new Error('handling it has ended the process before'), false)
    const rest = worn.length === 0 ? batch : batch.filter(({ deliveries }) => deliveries <= deliveriesMax)
    if (rest.length === 0) return
    const failure = await this.attempt(rest)
    if (failure === undefined) return
    if (rest.length === 1) return this.settleFailure(rest[0]!, failure.error)
    this.deps.logger.warn(
      { ...errorFields(failure.error), messages: rest.length },
      `${this.deps.consumer}: a batch failed; its messages are tried one by one`,
    )
    for (const delivery of rest) {
      const alone = await this.attempt([delivery])
      if (alone !== undefined) await this.settleFailure(delivery, alone.error)
    }
  }

  /** Commits and acks, or answers the handler's error. Throws only DatabaseUnavailableError. */
  private async attempt(batch: readonly Delivery[]): Promise<{ readonly error: unknown } | undefined> {
    const { database, metrics, consumer, now } = this.deps
    const events = batch.flatMap((delivery) => delivery.events)
    const invalid = batch.flatMap((delivery) => this.invalidLetters(delivery))
    try {
      const trace = batch.find((delivery) => delivery.trace !== null)?.trace
      await runInTrace(trace, `consume ${consumer}`, () =>
        database.transact(async (tx) => {
          const fresh = await this.fresh(tx, events)
          if (invalid.length > 0) await insertDeadLetters(tx, invalid)
          if (fresh.length > 0) await this.deps.handler(fresh, tx)
        }),
      )
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error
      return { error }
    }
    const nowMs = now().getTime()
    for (const delivery of batch) {
      if (this.deps.mayAnswer(delivery)) delivery.message.ack()
      metrics.consumed(consumer, delivery.events.length, nowMs - delivery.message.time.getTime())
    }
    if (invalid.length > 0) this.reportDead(invalid)
    return undefined
  }

  private async fresh(tx: Transaction, events: readonly Event[]): Promise<Event[]> {
    if (events.length === 0) return []
    // Sorted, so that two transactions with the same events cannot lock each other out.
    const ids = events.map(({ id }) => id).sort()
    const rows = await tx.query<{ event_id: string }>(inboxSql, [this.deps.consumer, ids])
    const fresh = new Set(rows.map((row) => row.event_id))
    // Deleting makes an event that came twice in one batch count once.
    return events.filter(({ id }) => fresh.delete(id))
  }

  private async settleFailure(delivery: Delivery, error: unknown): Promise<void> {
    const { logger, metrics, consumer, mayAnswer } = this.deps
    if (delivery.deliveries >= deliveriesMax) return this.bury(delivery, error, true)
    const waitMs = redeliveryWaitsMs[Math.min(delivery.deliveries, redeliveryWaitsMs.length) - 1]!
    logger.warn(
      { ...errorFields(error), subject: delivery.message.subject, deliveries: delivery.deliveries, waitMs },
      `${consumer}: a message failed and will be delivered again`,
    )
    metrics.redelivered(consumer, 1)
    if (mayAnswer(delivery)) delivery.message.nak(waitMs)
  }

  /** Event by event, so that the good ones of a message still take effect; the others become dead letters. */
  private async bury(delivery: Delivery, error: unknown, tryAgain: boolean): Promise<void> {
    for (const event of delivery.events) {
      const failure = tryAgain ? await this.attemptEvent(delivery, event) : { error }
      if (failure === undefined) continue
      const letter = this.letterOf(delivery, { ...describe(failure.error), eventId: event.id, body: bodyOf(event) })
      const stored = await this.deps.database.transact(async (tx) => {
        const done = await tx.query('select 1 from inbox where consumer = $1 and event_id = $2', [
          this.deps.consumer,
          event.id,
        ])
        if (done.length === 0) await insertDeadLetters(tx, [letter])
        return done.length === 0
      })
      if (stored) this.reportDead([letter])
    }
    const invalid = this.invalidLetters(delivery)
    if (invalid.length > 0) await this.deps.database.transact((tx) => insertDeadLetters(tx, invalid))
    if (this.deps.mayAnswer(delivery)) delivery.message.term('dead letter')
  }

  private async attemptEvent(delivery: Delivery, event: Event): Promise<{ readonly error: unknown } | undefined> {
    try {
      await runInTrace(delivery.trace, `consume ${this.deps.consumer}`, () =>
        this.deps.database.transact(async (tx) => {
          const fresh = await this.fresh(tx, [event])
          if (fresh.length > 0) await this.deps.handler(fresh, tx)
        }),
      )
      return undefined
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error
      return { error }
    }
  }

  private invalidLetters(delivery: Delivery): DeadLetter[] {
    return delivery.invalid.map(({ eventId, body, reason }) =>
      this.letterOf(delivery, { eventId, body, errorClass: 'ContractBroken', errorMessage: reason }),
    )
  }

  private letterOf(
    delivery: Delivery,
    what: Pick<DeadLetter, 'eventId' | 'body' | 'errorClass' | 'errorMessage'>,
  ): DeadLetter {
    return {
      ...what,
      consumer: this.deps.consumer,
      subject: delivery.message.subject,
      trace: delivery.trace,
      stream: this.deps.stream,
      streamSequence: delivery.message.seq,
      deliveries: delivery.deliveries,
    }
  }

  private reportDead(letters: readonly DeadLetter[]): void {
    this.deps.metrics.deadLettered(this.deps.consumer, letters.length)
    for (const { eventId, subject, errorClass, errorMessage } of letters) {
      this.deps.logger.error(
        { eventId, subject, error: `${errorClass}: ${errorMessage}` },
        `${this.deps.consumer}: an event went to the dead letters`,
      )
    }
  }
}

function describe(error: unknown): { errorClass: string; errorMessage: string } {
  return error instanceof Error
    ? { errorClass: error.name, errorMessage: error.message }
    : { errorClass: 'Error', errorMessage: String(error) }
}

function bodyOf(event: Event): string {
  return JSON.stringify({ events: [event] })
}
