/**
 * One transaction per batch: inbox, handler for the fresh events, outbox; then the acks (rules R3 and R5).
 * Called by the consumer runner. Must never ack before the commit, and never let one message's failure harm another's.
 */
import type { Event } from '@tradewire/contracts/define-event'
import type { Database } from '@tradewire/database/database'
import { DatabaseUnavailableError, TransactionConflictError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { runInTrace } from '@tradewire/observability/trace'
import { type BusLogger, errorFields } from '../bus-logger.ts'
import type { BusMetrics } from '../bus-metrics.ts'
import { type DeadLetter, insertDeadLetters } from './dead-letters.ts'
import type { Delivery } from './delivery.ts'
import { effectless, rememberEvents, rememberMessages, rememberNew, seemNew } from './inbox.ts'

export type EventsHandler = (events: readonly Event[], tx: Transaction) => Promise<void>

/** What else has to happen around the transactions of a consumer, for state that it keeps in memory. */
export interface TransactionHooks {
  /** First of all, also when nothing in the batch is fresh. */
  begun(tx: Transaction): Promise<void>
  committed(tx: Transaction): void
  /** Doubtful when PostgreSQL went away: it may have committed without being able to say so. */
  rolledBack(tx: Transaction, doubtful: boolean): void
}

export interface BatchProcessorDeps {
  /** For logs: the durable, or what several durables gather for. */
  readonly name: string
  readonly stream: string
  readonly database: Database
  readonly handler: EventsHandler
  readonly logger: BusLogger
  readonly metrics: BusMetrics
  readonly now: () => Date
  readonly redeliveryWaitsMs: readonly number[]
  /** Waits before a batch is tried again while PostgreSQL is away; false when it is to be tried no more. */
  readonly pause: (attempt: number, batch: readonly Delivery[]) => Promise<boolean>
  readonly hooks?: TransactionHooks | undefined
  /** Its transactions go before those of others. */
  readonly urgent?: boolean
}

/** After this many deliveries an event goes to the dead letters. */
export const deliveriesMax = 6
/** Deliveries beyond that, which only a process that ends in the middle or a stalled one leaves behind. */
const crashDeliveriesMax = 4
/** The wait before each further delivery; longer plans live in PostgreSQL (rule R5). */
export const redeliveryWaitsMs: readonly number[] = [250, 1_000, 3_000, 8_000, 15_000]

interface FailedEvent {
  readonly event: Event
  readonly error: unknown
}

export class BatchProcessor {
  private readonly deps: BatchProcessorDeps

  constructor(deps: BatchProcessorDeps) {
    this.deps = deps
  }

  /** Never rejects: every delivery is acked, delayed or buried; false when PostgreSQL was away and the pause ended it. */
  async process(batch: readonly Delivery[]): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.processOnce(batch)
        return true
      } catch (error) {
        // Only an absent database gets here: the batch is kept and tried again, without using up deliveries.
        if (attempt === 0) this.deps.logger.warn(errorFields(error), `${this.deps.name} waits for PostgreSQL`)
        if (!(await this.deps.pause(attempt, batch))) return false
      }
    }
  }

  private async processOnce(batch: readonly Delivery[]): Promise<void> {
    for (const delivery of batch) if (isWorn(delivery)) await this.buryWorn(delivery)
    const rest = batch.filter((delivery) => !isWorn(delivery))
    if (rest.length === 0) return
    const invalid = rest.flatMap((delivery) => this.invalidLetters(delivery))
    const trace = rest.find((delivery) => delivery.trace !== null)?.trace ?? null
    if (await this.attemptNew(trace, rest)) return
    let apart: readonly Delivery[] = []
    const failure = await this.attempt(trace, async (tx) => {
      const remembered = await rememberMessages(tx, rest)
      apart = remembered.apart
      if (invalid.length > 0) await insertDeadLetters(tx, invalid)
      return remembered.fresh.flatMap(({ events }) => events)
    })
    if (failure === undefined) {
      this.reportDead(invalid)
      for (const delivery of rest) if (!apart.includes(delivery)) this.done(delivery)
      for (const delivery of apart) await this.processAlone(delivery)
      return
    }
    const fields = { ...errorFields(failure.error), messages: rest.length }
    this.deps.logger.warn(fields, `${this.deps.name}: a batch failed; its messages are tried one by one`)
    for (const delivery of rest) await this.processAlone(delivery)
  }

  /**
   * Saves a round trip where the messages are as new as they seem: the handler does not wait for the inbox. Whatever
   * fails is undone, and the batch goes the way on which the inbox is asked first; only what fails there counts.
   */
  private async attemptNew(trace: string | null, batch: readonly Delivery[]): Promise<boolean> {
    if (!seemNew(batch)) return false
    const failure = await this.attempt(trace, (tx) => Promise.resolve(rememberNew(tx, batch)))
    if (failure !== undefined) return false
    for (const delivery of batch) this.done(delivery)
    return true
  }

  /** What can take effect does so now; only what fails waits for the next delivery or becomes a dead letter. */
  private async processAlone(delivery: Delivery): Promise<void> {
    const { logger, metrics } = this.deps
    const { durable } = delivery
    const failed = await this.attemptHalves(delivery, delivery.events)
    if (failed.length > 0 && delivery.deliveries >= deliveriesMax) return this.bury(delivery, failed)
    const letters = this.invalidLetters(delivery)
    if (letters.length > 0) await this.deps.database.transact((tx) => insertDeadLetters(tx, letters))
    this.reportDead(letters)
    if (failed.length === 0) return this.done(delivery)
    const waits = this.deps.redeliveryWaitsMs
    const waitMs = waits[Math.min(delivery.deliveries, waits.length) - 1]!
    const { subject } = delivery.message
    logger.warn(
      { ...errorFields(failed[0]!.error), subject, events: failed.length, deliveries: delivery.deliveries, waitMs },
      `${durable}: events failed and will be delivered again`,
    )
    metrics.redelivered(durable, 1)
    if (delivery.mayAnswer()) delivery.message.nak(waitMs)
  }

  /** Halves a failing list until the events at fault stand alone: a few transactions, not one per event. */
  private async attemptHalves(delivery: Delivery, events: readonly Event[]): Promise<FailedEvent[]> {
    if (events.length === 0) return []
    const failure = await this.attempt(delivery.trace, (tx) => rememberEvents(tx, delivery, events))
    if (failure === undefined) return []
    // A conflict is about timing and not about one of the events.
    if (events.length === 1 || failure.error instanceof TransactionConflictError) {
      return events.map((event) => ({ event, error: failure.error }))
    }
    const middle = events.length >> 1
    const first = await this.attemptHalves(delivery, events.slice(0, middle))
    return [...first, ...(await this.attemptHalves(delivery, events.slice(middle)))]
  }

  /** One transaction; answers the handler's error. Throws only DatabaseUnavailableError. */
  private async attempt(
    trace: string | null,
    remember: (tx: Transaction) => Promise<readonly Event[]>,
  ): Promise<{ readonly error: unknown } | undefined> {
    const { hooks, handler, database, urgent = false } = this.deps
    let current: Transaction | undefined
    try {
      await runInTrace(trace, `consume ${this.deps.name}`, () =>
        database.transact(
          async (tx) => {
            current = tx
            await hooks?.begun(tx)
            const fresh = await remember(tx)
            if (fresh.length > 0) await handler(fresh, tx)
          },
          { urgent },
        ),
      )
    } catch (error) {
      const doubtful = error instanceof DatabaseUnavailableError
      if (current !== undefined) hooks?.rolledBack(current, doubtful)
      if (doubtful) throw error
      return { error }
    }
    if (current !== undefined) hooks?.committed(current)
    return undefined
  }

  private done(delivery: Delivery): void {
    if (delivery.mayAnswer()) delivery.message.ack()
    const ageMs = this.deps.now().getTime() - delivery.message.time.getTime()
    this.deps.metrics.consumed(delivery.durable, delivery.events.length, ageMs)
  }

  /** Gives up events that fail, and remembers in the same transaction that their message was taken apart. */
  private async bury(delivery: Delivery, failed: readonly FailedEvent[]): Promise<void> {
    const letters = await this.deps.database.transact(async (tx) => {
      const left = new Set((await effectless(tx, delivery)).map(({ id }) => id))
      const dead = failed.filter(({ event }) => left.has(event.id))
      const all = dead.map(({ event, error }) => this.failedLetter(delivery, event, error))
      all.push(...this.invalidLetters(delivery))
      if (all.length > 0) await insertDeadLetters(tx, all)
      return all
    })
    this.reportDead(letters)
    if (delivery.mayAnswer()) delivery.message.term('dead letter')
  }

  /** Delivered more often than we ever allow: handling it ends the process. It does not get to do so again. */
  private buryWorn(delivery: Delivery): Promise<void> {
    const error = new Error('the process ended each time while this was handled')
    const failed = delivery.events.map((event) => ({ event, error }))
    return this.bury(delivery, failed)
  }

  private failedLetter(delivery: Delivery, event: Event, error: unknown): DeadLetter {
    return this.letterOf(delivery, { ...describe(error), eventId: event.id, body: bodyOf(event) })
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
      consumer: delivery.durable,
      subject: delivery.message.subject,
      trace: delivery.trace,
      stream: this.deps.stream,
      streamSequence: delivery.message.seq,
      deliveries: delivery.deliveries,
    }
  }

  private reportDead(letters: readonly DeadLetter[]): void {
    if (letters.length === 0) return
    for (const { consumer, eventId, subject, errorClass, errorMessage } of letters) {
      this.deps.metrics.deadLettered(consumer, 1)
      this.deps.logger.error(
        { eventId, subject, error: `${errorClass}: ${errorMessage}` },
        `${consumer}: an event went to the dead letters`,
      )
    }
  }
}

function isWorn({ deliveries }: Delivery): boolean {
  return deliveries > deliveriesMax + crashDeliveriesMax
}

function describe(error: unknown): { errorClass: string; errorMessage: string } {
  return error instanceof Error
    ? { errorClass: error.name, errorMessage: error.message }
    : { errorClass: 'Error', errorMessage: String(error) }
}

function bodyOf(event: Event): string {
  return JSON.stringify({ events: [event] })
}
