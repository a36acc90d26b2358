/**
 * Publishes to JetStream with many acknowledgements in flight, at the least cost per message.
 * Called by the outbox relay only (services append events, they never publish). Must never resolve before the ack.
 */
import type { OutboxMessage } from '@tradewire/database/outbox-message'
import { createInbox, headers, type Msg, type NatsConnection, type Subscription } from 'nats'
import { traceHeader } from '../questions/rpc-wire.ts'

export interface PublisherEvents {
  acked(publication: OutboxMessage, stream: string, sequence: number): void
  /** Not acknowledged: it may be stored or not. `streamMissing` when no stream takes the subject. */
  failed(publication: OutboxMessage, reason: string, streamMissing: boolean): void
}

export const messageIdHeader = 'Nats-Msg-Id'
const ackWaitMs = 5_000
const sweepEveryMs = 1_000
const noRespondersCode = 503

interface InFlight {
  readonly publication: OutboxMessage
  readonly sentAtMs: number
}

interface PubAckBody {
  readonly stream?: string
  readonly seq?: number
  readonly error?: { readonly description?: string }
}

export class AckedPublisher {
  private readonly connection: NatsConnection
  private readonly events: PublisherEvents
  private readonly monotonicMs: () => number
  private readonly inbox = createInbox()
  private readonly subscription: Subscription
  private readonly sweeper: NodeJS.Timeout
  /** In order of sending, so the oldest come first. */
  private readonly inFlight = new Map<string, InFlight>()
  private next = 0

  constructor(connection: NatsConnection, events: PublisherEvents, monotonicMs: () => number) {
    this.connection = connection
    this.events = events
    this.monotonicMs = monotonicMs
    this.subscription = connection.subscribe(`${this.inbox}.*`, { callback: (_error, message) => this.answer(message) })
    this.sweeper = setInterval(() => this.sweep(), sweepEveryMs).unref()
  }

  get waiting(): number {
    return this.inFlight.size
  }

  send(publication: OutboxMessage): void {
    const token = (this.next++).toString(36)
    const sent = headers()
    sent.set(messageIdHeader, publication.id)
    if (publication.trace !== null) sent.set(traceHeader, publication.trace)
    this.inFlight.set(token, { publication, sentAtMs: this.monotonicMs() })
    try {
      this.connection.publish(publication.subject, publication.body, {
        reply: `${this.inbox}.${token}`,
        headers: sent,
      })
    } catch (error) {
      this.inFlight.delete(token)
      this.events.failed(publication, error instanceof Error ? error.message : String(error), false)
    }
  }

  /** Forgets what is in flight and stops listening; nothing is reported any more. */
  close(): void {
    clearInterval(this.sweeper)
    this.inFlight.clear()
    if (!this.connection.isClosed()) this.subscription.unsubscribe()
  }

  private answer(message: Msg): void {
    const token = message.subject.slice(this.inbox.length + 1)
    const found = this.inFlight.get(token)
    if (found === undefined) return
    this.inFlight.delete(token)
    if (message.data.length === 0 && message.headers?.code === noRespondersCode) {
      this.events.failed(found.publication, 'no stream takes this subject', true)
      return
    }
    const ack = message.json<PubAckBody>()
    if (ack.error !== undefined || ack.stream === undefined || ack.seq === undefined) {
      this.events.failed(found.publication, ack.error?.description ?? 'no acknowledgement', false)
      return
    }
    this.events.acked(found.publication, ack.stream, ack.seq)
  }

  private sweep(): void {
    const expired = this.monotonicMs() - ackWaitMs
    for (const [token, { publication, sentAtMs }] of this.inFlight) {
      if (sentAtMs > expired) return
      this.inFlight.delete(token)
      this.events.failed(publication, `no acknowledgement within ${ackWaitMs} ms`, false)
    }
  }
}
