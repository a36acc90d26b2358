/**
 * Durable pull consumers, supervised for ever: gathers waiting messages, one transaction per batch, ack after commit.
 * Called by JetStreamServer for @Consume methods and by brokers for the partitions it owns.
 * Must never ack what is not committed, and never end by itself.
 */
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  ReplayPolicy,
} from '@nats-io/jetstream'
import type { EventContract, EventOf } from '@tradewire/contracts/define-event'
import type { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { Clock } from '@tradewire/kernel/clock'
import { type Randomness, SystemRandomness } from '@tradewire/kernel/randomness'
import { nanos } from 'nats'
import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from './backoff.ts'
import { BatchProcessor, redeliveryWaitsMs } from './batch-processor.ts'
import { type BusLogger, errorFields } from './bus-logger.ts'
import { type BusMetrics, noBusMetrics } from './bus-metrics.ts'
import type { Bus } from './connection.ts'
import { type Delivery, DeliveryParser } from './delivery.ts'
import { GatherQueue } from './gather-queue.ts'
import { filterSubjectOf, type StreamName, streamOf } from './streams.ts'

/** An event of one of the contracts, told apart by its name. */
export type ConsumedEvent<Contract extends EventContract> = Contract extends EventContract
  ? EventOf<Contract> & { readonly name: Contract['name'] }
  : never

export interface ConsumerOptions<Contract extends EventContract = EventContract> {
  /** The durable's name and the inbox's key: the same for all replicas, stable for ever. Letters, digits, - and _. */
  readonly durable: string
  readonly contracts: readonly Contract[]
  readonly handler: (events: readonly ConsumedEvent<Contract>[], tx: Transaction) => Promise<void>
  /** From the contracts when not given; brokers name their partitions. */
  readonly filterSubjects?: readonly string[]
  readonly stream?: StreamName
  /** Up to this many logical events of waiting messages share one transaction. */
  readonly eventsMax?: number
  /** Transactions at once. */
  readonly concurrency?: number
  /** Events with equal keys are handled in order, also with concurrency. */
  readonly key?: (event: ConsumedEvent<Contract>) => string
}

export interface RunningConsumer {
  readonly durable: string
  /** Messages held and not yet answered. */
  readonly held: number
  /** Stops pulling, finishes the transactions that run, and gives the rest back to the server. */
  stop(): Promise<void>
}

export interface ConsumerRunnerDeps {
  readonly bus: Bus
  readonly database: Database
  readonly logger: BusLogger
  readonly clock: Clock
  readonly metrics?: BusMetrics
  readonly randomness?: Randomness
  /** Before the second, third ... delivery of a message that failed; the last one repeats. */
  readonly redeliveryWaitsMs?: readonly number[]
}

const eventsMaxDefault = 500
const ackWaitMs = 10_000
const ackPendingMax = 2_000
/** The server's own limit; ours (deliveriesMax) comes first and keeps the event as a dead letter. */
const serverDeliveriesMax = 1_000
const prefetchMessages = 500
const heldMessagesMax = 1_000
const pullExpiresMs = 30_000
const heartbeatMs = 2_000
const giveBackWaitMs = 50
const retryFirstMs = 100
const retryMostMs = 2_000
const orphanAckWaitMs = 100
const orphanSettleMs = 250

export class ConsumerRunner {
  private readonly deps: ConsumerRunnerDeps
  private readonly running = new Set<SupervisedConsumer>()

  constructor(deps: ConsumerRunnerDeps) {
    this.deps = deps
  }

  /** Starts consuming once the bus is ready, and goes on through every outage until stopped. */
  start<Contract extends EventContract>(options: ConsumerOptions<Contract>): RunningConsumer {
    const consumer = new SupervisedConsumer(this.deps, options, () => this.running.delete(consumer))
    this.running.add(consumer)
    consumer.start()
    return consumer
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running].map((consumer) => consumer.stop()))
  }
}

class SupervisedConsumer implements RunningConsumer {
  readonly durable: string
  private readonly deps: ConsumerRunnerDeps
  private readonly options: ConsumerOptions
  private readonly stream: StreamName
  private readonly ended: () => void
  private readonly parser: DeliveryParser
  private readonly processor: BatchProcessor
  private readonly queue = new GatherQueue<Delivery>()
  private readonly inWork = new Map<readonly Delivery[], Promise<void>>()
  private readonly stopping = new AbortController()
  private readonly unsubscribe: (() => void)[] = []
  private readonly randomness: Randomness
  private messages: ConsumerMessages | undefined
  private keepAlive: NodeJS.Timeout | undefined
  private room: (() => void) | undefined
  /** Grows with each attachment and loss: a loop or a message of an older session is stale. */
  private session = 0
  private dispatching = false
  private ending: Promise<void> | undefined

  constructor(deps: ConsumerRunnerDeps, options: ConsumerOptions, ended: () => void) {
    this.deps = deps
    this.options = options
    this.durable = options.durable
    this.ended = ended
    this.stream = options.stream ?? streamOf(options.contracts[0]!)
    this.randomness = deps.randomness ?? new SystemRandomness()
    this.parser = new DeliveryParser(options.contracts, options.key)
    this.processor = new BatchProcessor({
      consumer: options.durable,
      stream: this.stream,
      database: deps.database,
      handler: options.handler,
      logger: deps.logger,
      metrics: deps.metrics ?? noBusMetrics,
      now: () => deps.clock.now(),
      redeliveryWaitsMs: deps.redeliveryWaitsMs ?? redeliveryWaitsMs,
      pause: (attempt) => this.pause(attempt),
      mayAnswer: (delivery) => delivery.session === this.session && deps.bus.ready(),
    })
  }

  get held(): number {
    let count = this.queue.size
    for (const batch of this.inWork.keys()) count += batch.length
    return count
  }

  start(): void {
    this.unsubscribe.push(
      this.deps.bus.onLost(() => this.detach()),
      this.deps.bus.onReady(() => this.attach()),
    )
    this.keepAlive = setInterval(() => this.extend(), ackWaitMs / 3).unref()
  }

  stop(): Promise<void> {
    this.ending ??= this.end()
    return this.ending
  }

  private async end(): Promise<void> {
    this.stopping.abort()
    for (const one of this.unsubscribe) one()
    this.messages?.stop()
    for (const delivery of this.queue.drain()) {
      if (delivery.session === this.session && this.deps.bus.ready()) delivery.message.nak(giveBackWaitMs)
    }
    await Promise.all(this.inWork.values())
    clearInterval(this.keepAlive)
    this.session += 1
    this.ended()
  }

  private detach(): void {
    this.session += 1
    this.messages?.stop()
    this.messages = undefined
    // What was not begun comes again from the server; what runs commits, and its repetition has no effect.
    this.queue.drain()
    this.room?.()
  }

  private async attach(): Promise<void> {
    this.detach()
    const session = this.session
    for (let attempt = 0; session === this.session && !this.stopping.signal.aborted; attempt += 1) {
      try {
        await this.ensureDurable()
        const info = await this.deps.bus.manager().consumers.info(this.stream, this.durable)
        const consumer = this.deps.bus.jetstream().consumers.getConsumerFromInfo(info)
        const messages = await consumer.consume({
          max_messages: prefetchMessages,
          expires: pullExpiresMs,
          idle_heartbeat: heartbeatMs,
        })
        if (session !== this.session || this.stopping.signal.aborted) return messages.stop()
        this.messages = messages
        void this.watch(messages, session)
        void this.receive(messages, session)
        return
      } catch (error) {
        if (attempt === 0 && session === this.session) {
          this.deps.logger.warn(errorFields(error), `${this.durable} cannot consume yet`)
        }
        if (!(await this.pause(attempt))) return
      }
    }
  }

  private async ensureDurable(): Promise<void> {
    const { consumers } = this.deps.bus.manager()
    const subjects = this.options.filterSubjects ?? this.options.contracts.map(filterSubjectOf)
    const changeable = {
      ack_wait: nanos(ackWaitMs),
      max_deliver: serverDeliveriesMax,
      max_ack_pending: ackPendingMax,
      // Always the list: an update may not turn one form into the other.
      filter_subjects: [...subjects],
    }
    const known = await consumers.info(this.stream, this.durable).catch(() => undefined)
    if (known === undefined) {
      await consumers.add(this.stream, {
        durable_name: this.durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        replay_policy: ReplayPolicy.Instant,
        ...changeable,
      })
    } else {
      // Nobody pulls, but messages are out: their holder died, or lost its connection as we did. They need not wait
      // for the acknowledgement limit; what is still being worked on has its inbox rows.
      const adopted = known.num_waiting === 0 && known.num_ack_pending > 0
      if (adopted) {
        await consumers.update(this.stream, this.durable, { ...changeable, ack_wait: nanos(orphanAckWaitMs) })
        await delay(orphanSettleMs)
      }
      // Each update is a write to the server's disk: one that is merely slow must not be slowed down further by all of
      // its consumers being told what they are already.
      if (adopted || !hasSettings(known.config, changeable))
        await consumers.update(this.stream, this.durable, changeable)
    }
  }

  /** The client reports trouble here; a consumer or stream that is gone is made again. */
  private async watch(messages: ConsumerMessages, session: number): Promise<void> {
    for await (const status of messages.status()) {
      if (session !== this.session) return
      switch (status.type) {
        case 'heartbeats_missed':
        case 'consumer_deleted':
        case 'consumer_not_found':
          this.deps.logger.warn({ reason: status.type }, `${this.durable}: the consumer is made again`)
          void this.attach()
          return
        case 'stream_not_found':
        case 'no_responders':
          this.deps.bus.recheck()
          return
        default:
      }
    }
  }

  private async receive(messages: ConsumerMessages, session: number): Promise<void> {
    try {
      for await (const message of messages) {
        if (session !== this.session || this.stopping.signal.aborted) return
        this.accept(message, session)
        if (this.held >= heldMessagesMax) await this.waitForRoom()
      }
    } catch (error) {
      this.deps.logger.warn(errorFields(error), `${this.durable}: consuming broke off`)
    }
    if (session === this.session && !this.stopping.signal.aborted && this.deps.bus.ready()) {
      await this.pause(0)
      if (session === this.session) void this.attach()
    }
  }

  private accept(message: JsMsg, session: number): void {
    this.queue.push(this.parser.parse(message, session))
    if (this.dispatching || this.inWork.size >= (this.options.concurrency ?? 1)) return
    // A turn of the event loop later, messages that came in the same read are there too.
    this.dispatching = true
    setImmediate(() => {
      this.dispatching = false
      this.dispatch()
    })
  }

  private dispatch(): void {
    while (this.inWork.size < (this.options.concurrency ?? 1) && !this.stopping.signal.aborted) {
      const batch = this.queue.take(this.options.eventsMax ?? eventsMaxDefault)
      if (batch.length === 0) return
      const work = this.processor.process(batch).finally(() => {
        this.inWork.delete(batch)
        this.queue.release(batch)
        this.room?.()
        this.dispatch()
      })
      this.inWork.set(batch, work)
    }
  }

  private waitForRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.room = () => {
        if (this.held >= heldMessagesMax) return
        this.room = undefined
        resolve()
      }
    })
  }

  /** Tells the server that held messages are being worked on, so that long queues are not delivered twice. */
  private extend(): void {
    if (!this.deps.bus.ready()) return
    const all: Delivery[] = [...this.queue]
    for (const batch of this.inWork.keys()) all.push(...batch)
    for (const { message, session } of all) if (session === this.session) message.working()
  }

  private async pause(attempt: number): Promise<boolean> {
    const waitMs = backoffMs(attempt, retryFirstMs, retryMostMs, this.randomness)
    await delay(waitMs, undefined, { signal: this.stopping.signal }).catch(() => undefined)
    return !this.stopping.signal.aborted
  }
}

type Settings = Pick<ConsumerConfig, 'ack_wait' | 'max_deliver' | 'max_ack_pending' | 'filter_subjects'>

function hasSettings(known: ConsumerConfig, wanted: Settings): boolean {
  return (
    known.ack_wait === wanted.ack_wait &&
    known.max_deliver === wanted.max_deliver &&
    known.max_ack_pending === wanted.max_ack_pending &&
    JSON.stringify(known.filter_subjects) === JSON.stringify(wanted.filter_subjects)
  )
}
