/**
 * Brings committed outbox messages to JetStream: straight from memory after the commit, and by a short poll what is
 * left (rules R1 and R8). One per process; started by startService, which calls stop().
 * Must never publish inside a transaction, and never take PubAck for more than "handed over".
 */
import type { Clock } from '@tradewire/kernel/clock'
import type { Database } from '@tradewire/database/database'
import { messagesOf, type OutboxMessage, type OutboxRow } from '@tradewire/database/outbox-message'
import { AckedPublisher } from './acked-publisher.ts'
import { type BusLogger, errorFields } from '../bus-logger.ts'
import { type BusMetrics, noBusMetrics } from '../bus-metrics.ts'
import type { Bus } from '../connection.ts'
import { claimRows, countWaiting, type Mark, markPublished } from './outbox-rows.ts'
import { PublishQueue } from './publish-queue.ts'
import { StoreWatch } from './store-watch.ts'

export interface OutboxRelayOptions {
  readonly database: Database
  readonly bus: Bus
  readonly logger: BusLogger
  readonly clock: Clock
  readonly metrics?: BusMetrics
}

const publishesInFlightMax = 512
/** What is urgent may be on its way besides: it never waits for the answers to the others. */
const urgentInFlightMax = publishesInFlightMax + 128
const charsInFlightMax = 16_000_000
/** Beyond this many messages in memory new ones wait in the table for the poll. */
const memoryMessagesMax = 20_000
const pollEveryMs = 200
const claimRowsMax = 500
/** A poll's claim: long enough to publish what it took, short enough that a dead relay's rows move on soon. */
const claimMs = 5_000
const markRowsMax = 2_000
/**
 * Acknowledgements gather this long, so that marking costs a few commits a second and not one per message. What dies
 * meanwhile is published once more, and a claim lasts much longer.
 */
const markLingerMs = 100
const watchEveryMs = 5_000
const countEveryMs = 5_000
/** What is more shows as this many: some 20 ms of reading, and far more than an operator is called for. */
const countRowsMax = 20_000
const pruneEveryMs = 60_000
const flushWaitMs = 3_000
const flushPollMs = 5

/** How far the messages of a row are. */
interface HeldRow {
  left: number
  readonly messages: number
  failed: boolean
  lastSequence: number
}

export class OutboxRelay {
  private readonly database: Database
  private readonly bus: Bus
  private readonly logger: BusLogger
  private readonly clock: Clock
  private readonly metrics: BusMetrics
  private readonly watch: StoreWatch
  private readonly unsubscribe: (() => void)[] = []
  private readonly timers: NodeJS.Timeout[] = []

  /** Rows queued or in flight in this process: a poll that claims one of them again leaves it alone. */
  private readonly held = new Map<string, HeldRow>()
  private messagesHeld = 0
  private messagesWaiting = 0
  private readonly queue = new PublishQueue()
  private charsInFlight = 0
  private publisher: AckedPublisher | undefined
  /** Stops listening for commits: only while we can publish are fresh rows ours from the start. */
  private ignoreCommits: (() => void) | undefined
  private marks: Mark[] = []
  private markTimer: NodeJS.Timeout | undefined
  private marking: Promise<void> = Promise.resolve()
  private polling = false
  private failing = false
  private stopped = false

  constructor(options: OutboxRelayOptions) {
    this.database = options.database
    this.bus = options.bus
    this.logger = options.logger
    this.clock = options.clock
    this.metrics = options.metrics ?? noBusMetrics
    this.watch = new StoreWatch({
      database: options.database,
      logger: options.logger,
      metrics: this.metrics,
      now: () => options.clock.now(),
    })
  }

  start(): void {
    this.unsubscribe.push(
      this.bus.onLost(() => this.pauseSession()),
      this.bus.onReady(() => this.beginSession()),
    )
    this.every(pollEveryMs, () => this.poll())
    this.every(watchEveryMs, () => this.lookAfter())
    this.every(countEveryMs, () => this.count())
    this.every(pruneEveryMs, () => this.watch.prune())
  }

  /** Publishes what is in memory, marks it and ends; what is left is in the table for the next process. */
  async stop(): Promise<void> {
    this.stopped = true
    this.ignoreCommits?.()
    for (const timer of this.timers) clearInterval(timer)
    for (const one of this.unsubscribe) one()
    const limitMs = this.clock.monotonicMs() + flushWaitMs
    // What a poll is just claiming is nobody else's before the claim runs out: it is still published here.
    const isUnderWay = (): boolean => this.publisher !== undefined && (this.polling || this.held.size > 0)
    while (isUnderWay() && this.clock.monotonicMs() < limitMs) {
      await new Promise((resolve) => setTimeout(resolve, flushPollMs))
    }
    this.pauseSession()
    await this.flushMarks()
  }

  /** Messages in the table that were not marked as published when it was last looked at, with or without a bus. */
  get backlog(): number {
    return this.messagesWaiting
  }

  private take(rows: readonly OutboxRow[]): void {
    if (this.publisher === undefined || this.messagesHeld > memoryMessagesMax) return
    for (const row of rows) this.enqueue(row)
    this.pump()
  }

  private enqueue(row: OutboxRow): void {
    if (this.held.has(row.id)) return
    const messages = messagesOf(row)
    this.held.set(row.id, { left: messages.length, messages: messages.length, failed: false, lastSequence: 0 })
    this.messagesHeld += messages.length
    for (const message of messages) this.queue.push(message)
  }

  private pump(): void {
    const publisher = this.publisher
    if (publisher === undefined) return
    while (publisher.waiting < urgentInFlightMax) {
      const roomForChars = this.charsInFlight < charsInFlightMax || publisher.waiting === 0
      const message = this.queue.shift(roomForChars && publisher.waiting < publishesInFlightMax)
      if (message === undefined) return
      this.charsInFlight += message.body.length
      publisher.send(message)
    }
  }

  private acked(message: OutboxMessage, stream: string, sequence: number): void {
    this.failing = false
    const row = this.settle(message)
    if (row === undefined) return
    row.lastSequence = Math.max(row.lastSequence, sequence)
    if (row.left === 0 && !row.failed) this.mark(message.rowId, stream, row)
    this.pump()
  }

  private mark(id: string, stream: string, { messages, lastSequence: sequence }: HeldRow): void {
    this.metrics.published(messages)
    const store = this.watch.storeOf(stream)
    if (store !== undefined) this.marks.push({ id, store, sequence })
    if (this.marks.length >= markRowsMax) void this.flushMarks()
    else this.markTimer ??= setTimeout(() => void this.flushMarks(), markLingerMs)
  }

  private failed(message: OutboxMessage, reason: string, streamMissing: boolean): void {
    // The row stays; its claim runs out and a poll takes it again.
    const row = this.settle(message)
    if (row !== undefined) row.failed = true
    this.metrics.publishFailed(1)
    if (!this.failing)
      this.logger.warn({ subject: message.subject, reason }, 'a message waits: it was not acknowledged')
    this.failing = true
    if (streamMissing) this.bus.recheck()
    else this.pump()
  }

  private settle(message: OutboxMessage): HeldRow | undefined {
    const row = this.held.get(message.rowId)
    if (row === undefined) return undefined
    this.charsInFlight -= message.body.length
    this.messagesHeld -= 1
    row.left -= 1
    if (row.left === 0) this.held.delete(message.rowId)
    return row
  }

  /** One statement at a time; each takes all marks that gathered meanwhile. */
  private flushMarks(): Promise<void> {
    clearTimeout(this.markTimer)
    this.markTimer = undefined
    this.marking = this.marking.then(async () => {
      while (this.marks.length > 0) {
        const batch = this.marks.splice(0, markRowsMax)
        try {
          await markPublished(this.database, batch)
        } catch (error) {
          // Not marked means published once more later; the consumers' inbox makes that harmless.
          this.logger.warn({ ...errorFields(error), rows: batch.length }, 'published messages could not be marked')
        }
      }
    })
    return this.marking
  }

  private async beginSession(): Promise<void> {
    await this.flushMarks()
    while (!this.stopped && this.bus.ready()) {
      try {
        await this.watch.check(this.bus.manager())
        break
      } catch (error) {
        this.logger.warn(errorFields(error), 'the relay cannot check the streams yet')
        await new Promise((resolve) => setTimeout(resolve, pollEveryMs))
      }
    }
    if (this.stopped || !this.bus.ready()) return
    this.pauseSession()
    this.publisher = new AckedPublisher(
      this.bus.connection(),
      {
        acked: (message, stream, sequence) => this.acked(message, stream, sequence),
        failed: (message, reason, streamMissing) => this.failed(message, reason, streamMissing),
      },
      () => this.clock.monotonicMs(),
    )
    this.ignoreCommits = this.database.onCommitted((messages) => this.take(messages))
    await this.poll()
  }

  /** Without a connection memory is dropped: the table has it all, and a poll brings it back. */
  private pauseSession(): void {
    this.ignoreCommits?.()
    this.ignoreCommits = undefined
    this.publisher?.close()
    this.publisher = undefined
    this.queue.clear()
    this.charsInFlight = 0
    this.held.clear()
    this.messagesHeld = 0
  }

  private async poll(): Promise<void> {
    if (this.polling || this.stopped) return
    this.polling = true
    try {
      while (this.publisher !== undefined && !this.stopped && this.queue.size < claimRowsMax) {
        const rows = await claimRows(this.database, claimRowsMax, claimMs)
        if (this.publisher === undefined) return
        for (const row of rows) this.enqueue(row)
        this.pump()
        if (rows.length < claimRowsMax) return
      }
    } catch (error) {
      this.logger.warn(errorFields(error), 'the relay cannot read the outbox')
    } finally {
      this.polling = false
    }
  }

  private async count(): Promise<void> {
    this.messagesWaiting = await countWaiting(this.database, countRowsMax)
  }

  private async lookAfter(): Promise<void> {
    if (this.publisher === undefined) return
    if (await this.watch.confirm(this.bus.manager())) await this.watch.releaseLost()
    else this.bus.recheck()
  }

  private every(intervalMs: number, work: () => Promise<void>): void {
    let running = false
    const tick = async (): Promise<void> => {
      if (running) return
      running = true
      try {
        await work()
      } catch (error) {
        this.logger.warn(errorFields(error), "the relay's housekeeping failed")
      } finally {
        running = false
      }
    }
    this.timers.push(setInterval(() => void tick(), intervalMs).unref())
  }
}
