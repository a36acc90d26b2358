/**
 * Pulls the messages of one durable for ever: makes it, makes it again when it is gone, and hands on what comes.
 * Called by the consumer group. Must never end by itself, and never hand on a message of an earlier connection.
 */
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  ReplayPolicy,
} from '@nats-io/jetstream'
import { nanos } from 'nats'
import { setTimeout as delay } from 'node:timers/promises'
import { type BusLogger, errorFields } from '../bus-logger.ts'
import type { Bus } from '../connection.ts'
import type { DeliverySource } from './delivery.ts'
import { isStreamMissing, type StreamName } from '../streams.ts'

export interface PullLoopDeps {
  readonly bus: Bus
  readonly logger: BusLogger
  readonly stream: StreamName
  readonly durable: string
  readonly subjects: readonly string[]
  /** Answers how many events it held. */
  readonly accept: (message: JsMsg, source: DeliverySource) => number
  /** Whether other work gets a turn while many messages come in at once: for all but what is urgent. */
  readonly breathes: boolean
  /** Resolves when another message may be taken. */
  readonly roomFor: () => Promise<void> | undefined
  /** The connection is gone: what came through it and was not begun comes again. */
  readonly lost: () => void
  /** Waits before another try; false once the loop stops. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<boolean>
}

/** How long the server waits for an answer before it delivers again; what is held is extended in time. */
export const ackWaitMs = 10_000
const ackPendingMax = 2_000
/** The server's own limit; ours (deliveriesMax) comes first and keeps the event as a dead letter. */
const serverDeliveriesMax = 1_000
const prefetchMessages = 500
const pullExpiresMs = 30_000
const heartbeatMs = 2_000
/** Events parsed without a pause: some 4 ms. */
const breathEvents = 200
const orphanAckWaitMs = 100
const orphanSettleMs = 250

export class PullLoop {
  readonly durable: string
  private readonly deps: PullLoopDeps
  private readonly stopping = new AbortController()
  private readonly unsubscribe: (() => void)[] = []
  private messages: ConsumerMessages | undefined
  /** Grows with each attachment and loss: a loop or a message of an older session is stale. */
  private session = 0

  constructor(deps: PullLoopDeps) {
    this.deps = deps
    this.durable = deps.durable
  }

  start(): void {
    this.unsubscribe.push(
      this.deps.bus.onLost(() => this.detach()),
      this.deps.bus.onReady(() => this.attach()),
    )
  }

  /** Takes no more messages; those that were handed on may still be answered until `close`. */
  stop(): void {
    this.stopping.abort()
    for (const one of this.unsubscribe) one()
    this.messages?.stop()
  }

  close(): void {
    this.session += 1
  }

  private detach(): void {
    this.session += 1
    this.messages?.stop()
    this.messages = undefined
    this.deps.lost()
  }

  private async attach(): Promise<void> {
    this.detach()
    const session = this.session
    for (let attempt = 0; session === this.session && !this.stopping.signal.aborted; attempt += 1) {
      try {
        await this.ensureDurable()
        const info = await this.deps.bus.manager().consumers.info(this.deps.stream, this.durable)
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
        if (!(await this.deps.pause(attempt, this.stopping.signal))) return
        // The bus makes the stream, and comes back here when it stands.
        if (isStreamMissing(error) && session === this.session) this.deps.bus.recheck()
      }
    }
  }

  private async ensureDurable(): Promise<void> {
    const { consumers } = this.deps.bus.manager()
    const { stream, subjects } = this.deps
    const changeable = {
      ack_wait: nanos(ackWaitMs),
      max_deliver: serverDeliveriesMax,
      max_ack_pending: ackPendingMax,
      // Always the list: an update may not turn one form into the other.
      filter_subjects: [...subjects],
    }
    const known = await consumers.info(stream, this.durable).catch(() => undefined)
    if (known === undefined) {
      await consumers.add(stream, {
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
        await consumers.update(stream, this.durable, { ...changeable, ack_wait: nanos(orphanAckWaitMs) })
        await delay(orphanSettleMs)
      }
      // Each update is a write to the server's disk: one that is merely slow must not be slowed down further by all of
      // its consumers being told what they are already.
      if (adopted || !hasSettings(known.config, changeable)) await consumers.update(stream, this.durable, changeable)
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
    const source: DeliverySource = {
      durable: this.durable,
      mayAnswer: () => session === this.session && this.deps.bus.ready(),
    }
    let events = 0
    try {
      for await (const message of messages) {
        if (session !== this.session || this.stopping.signal.aborted) return
        events += this.deps.accept(message, source)
        await this.deps.roomFor()
        if (!this.deps.breathes || events < breathEvents) continue
        events = 0
        await new Promise(setImmediate)
      }
    } catch (error) {
      this.deps.logger.warn(errorFields(error), `${this.durable}: consuming broke off`)
    }
    if (session === this.session && !this.stopping.signal.aborted && this.deps.bus.ready()) {
      await this.deps.pause(0, this.stopping.signal)
      if (session === this.session) void this.attach()
    }
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
