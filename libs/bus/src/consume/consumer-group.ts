/**
 * Consumers that share their work: what waits in any of them goes into one transaction, which is acknowledged after its
 * commit. Called by the consumer runner. Must never ack what is not committed, and never end by itself.
 */
import type { JsMsg } from '@nats-io/jetstream'
import { type Randomness, SystemRandomness } from '@tradewire/kernel/randomness'
import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from '../backoff.ts'
import { BatchProcessor, redeliveryWaitsMs } from './batch-processor.ts'
import { noBusMetrics } from '../bus-metrics.ts'
import type { ConsumerRunnerDeps, GroupOptions } from './consumer-options.ts'
import { type Delivery, DeliveryParser, type DeliverySource } from './delivery.ts'
import { GatherQueue } from './gather-queue.ts'
import { ackWaitMs, PullLoop } from './pull-loop.ts'
import { filterSubjectsOf, type StreamName, streamOf } from '../streams.ts'

const eventsMaxDefault = 500
const heldMessagesMax = 1_000
const giveBackWaitMs = 50
const retryFirstMs = 100
const retryMostMs = 2_000

export class ConsumerGroup {
  private readonly deps: ConsumerRunnerDeps
  private readonly options: GroupOptions
  private readonly stream: StreamName
  private readonly parser: DeliveryParser
  private readonly processor: BatchProcessor
  private readonly queue = new GatherQueue<Delivery>()
  private readonly inWork = new Map<readonly Delivery[], Promise<void>>()
  private readonly loops = new Map<string, PullLoop>()
  private readonly stopping = new AbortController()
  /** Wakes work that waits for PostgreSQL, each time when consumers leave. */
  private leaving = new AbortController()
  private readonly randomness: Randomness
  private readonly keepAlive: NodeJS.Timeout
  private waiting: (() => void)[] = []
  private dispatching = false

  constructor(deps: ConsumerRunnerDeps, options: GroupOptions) {
    this.deps = deps
    this.options = options
    this.stream = options.stream ?? streamOf(options.contracts[0]!)
    this.randomness = deps.randomness ?? new SystemRandomness()
    this.parser = new DeliveryParser(options.contracts, options)
    this.processor = new BatchProcessor({
      name: options.name,
      stream: this.stream,
      database: deps.database,
      handler: options.handler,
      hooks: options.hooks,
      urgent: options.haste === 'urgent',
      logger: deps.logger,
      metrics: deps.metrics ?? noBusMetrics,
      now: () => deps.clock.now(),
      redeliveryWaitsMs: deps.redeliveryWaitsMs ?? redeliveryWaitsMs,
      pause: (attempt, batch) => this.pauseWork(attempt, batch),
    })
    this.keepAlive = setInterval(() => this.extend(), ackWaitMs / 3).unref()
  }

  /** Messages held and not yet answered. */
  get held(): number {
    let count = this.queue.size
    for (const batch of this.inWork.keys()) count += batch.length
    return count
  }

  /** Starts consuming through one more durable, unless it does already. */
  add(durable: string, filterSubjects?: readonly string[]): void {
    if (this.loops.has(durable)) return
    const loop = new PullLoop({
      bus: this.deps.bus,
      logger: this.deps.logger,
      stream: this.stream,
      durable,
      subjects: filterSubjects ?? this.options.contracts.flatMap((one) => filterSubjectsOf(one, this.options.haste)),
      accept: (message, source) => this.accept(message, source),
      breathes: this.options.haste !== 'urgent',
      roomFor: () => (this.held < heldMessagesMax ? undefined : this.room()),
      // What was not begun comes again from the server; what runs commits, and its repetition has no effect.
      lost: () => this.forget(durable),
      pause: (attempt, signal) => this.pause(attempt, signal),
    })
    this.loops.set(durable, loop)
    loop.start()
  }

  /** Stops pulling from these, finishes their transactions that run, and gives the rest back to the server. */
  async remove(durables: readonly string[]): Promise<void> {
    const loops = durables.flatMap((durable) => this.loops.get(durable) ?? [])
    for (const loop of loops) {
      loop.stop()
      this.loops.delete(loop.durable)
    }
    this.leaving.abort()
    this.leaving = new AbortController()
    const gone = new Set(durables)
    for (const delivery of this.queue.takeOut(({ durable }) => gone.has(durable))) {
      if (delivery.mayAnswer()) delivery.message.nak(giveBackWaitMs)
    }
    const theirs = [...this.inWork].filter(([batch]) => batch.some(({ durable }) => gone.has(durable)))
    await Promise.all(theirs.map(([, work]) => work))
    for (const loop of loops) loop.close()
    this.makeRoom()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.remove([...this.loops.keys()])
    clearInterval(this.keepAlive)
  }

  private forget(lost: string): void {
    this.queue.takeOut(({ durable }) => durable === lost)
    this.makeRoom()
  }

  private accept(message: JsMsg, source: DeliverySource): number {
    const delivery = this.parser.parse(message, source)
    this.queue.push(delivery)
    this.dispatchSoon()
    return delivery.events.length
  }

  private dispatchSoon(): void {
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
      this.inWork.set(batch, this.work(batch))
    }
  }

  private async work(batch: readonly Delivery[]): Promise<void> {
    const done = await this.processor.process(batch)
    this.inWork.delete(batch)
    this.queue.release(batch)
    if (!done) this.takeBack(batch)
    this.makeRoom()
    this.dispatch()
  }

  /** Some of its consumers leave while PostgreSQL is away: theirs go back to the server, the others wait on. */
  private takeBack(batch: readonly Delivery[]): void {
    const answerable = batch.filter((delivery) => delivery.mayAnswer())
    this.queue.putBack(answerable.filter(({ durable }) => this.loops.has(durable)))
    for (const { durable, message } of answerable) if (!this.loops.has(durable)) message.nak(giveBackWaitMs)
  }

  private async pauseWork(attempt: number, batch: readonly Delivery[]): Promise<boolean> {
    const stays = (): boolean => batch.every(({ durable }) => this.loops.has(durable))
    if (stays()) await this.pause(attempt, this.leaving.signal)
    return stays()
  }

  private room(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  private makeRoom(): void {
    if (this.held >= heldMessagesMax) return
    const { waiting } = this
    this.waiting = []
    for (const resolve of waiting) resolve()
  }

  /** Tells the server that held messages are being worked on, so that long queues are not delivered twice. */
  private extend(): void {
    if (!this.deps.bus.ready()) return
    const all: Delivery[] = [...this.queue]
    for (const batch of this.inWork.keys()) all.push(...batch)
    for (const delivery of all) if (delivery.mayAnswer()) delivery.message.working()
  }

  private async pause(attempt: number, signal: AbortSignal): Promise<boolean> {
    const waitMs = backoffMs(attempt, retryFirstMs, retryMostMs, this.randomness)
    await delay(waitMs, undefined, { signal }).catch(() => undefined)
    return !signal.aborted
  }
}
