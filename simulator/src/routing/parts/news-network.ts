/**
 * The bus as the worst it may be: messages arrive late, twice, out of order or only after its store was lost.
 * Called by the databases after a commit; delivers to the consumers that live. Must never forget what is not confirmed.
 */
import type { Event } from '@tradewire/contracts/define-event'
import { readMessage } from '@tradewire/contracts/event-message'
import { messagesOf, type OutboxMessage, type OutboxRow } from '@tradewire/database/outbox-message'
import type { Choices } from '../choices.ts'
import type { Defects } from '../defects.ts'

export interface NetworkMood {
  /** Share of deliveries that are made twice. */
  repeat: number
  lateMostMs: number
}

export interface Delivery {
  readonly subject: string
  readonly events: readonly Event[]
}

interface Subscriber {
  readonly durable: string
  readonly takes: (subject: string) => boolean
  /** Resolves once the effect is committed; rejects to be tried again. */
  handler: ((delivery: Delivery) => Promise<void>) | null
  readonly unconfirmed: Map<string, OutboxMessage>
}

const retryMs = 250

export class NewsNetwork {
  readonly mood: NetworkMood = { repeat: 0, lateMostMs: 20 }
  /** Every message that was ever committed. */
  readonly told: OutboxMessage[] = []
  private readonly subscribers = new Map<string, Subscriber>()
  /** Grows when the store is lost: what was under way before then never arrives. */
  private life = 0
  private readonly choices: Choices
  private readonly defects: Defects

  constructor(choices: Choices, defects: Defects) {
    this.choices = choices
    this.defects = defects
  }

  declare(durable: string, takes: (subject: string) => boolean): void {
    this.subscribers.set(durable, { durable, takes, handler: null, unconfirmed: new Map() })
  }

  attach(durable: string, handler: ((delivery: Delivery) => Promise<void>) | null): void {
    const subscriber = this.subscribers.get(durable)!
    subscriber.handler = handler
    if (handler !== null) for (const message of subscriber.unconfirmed.values()) this.send(subscriber, message)
  }

  publish(rows: readonly OutboxRow[]): void {
    for (const message of rows.flatMap(messagesOf)) {
      this.told.push(message)
      for (const subscriber of this.subscribers.values()) {
        if (!subscriber.takes(message.subject)) continue
        subscriber.unconfirmed.set(message.id, message)
        this.send(subscriber, message)
        if (this.choices.chance(this.mood.repeat)) this.send(subscriber, message)
      }
    }
  }

  /** The store is gone; everything that consumers have not confirmed, and some that they have, is sent again. */
  loseStore(): void {
    this.life += 1
    for (const subscriber of this.subscribers.values()) {
      for (const message of this.told) {
        if (!subscriber.takes(message.subject)) continue
        if (subscriber.unconfirmed.has(message.id) || this.choices.chance(0.2)) this.send(subscriber, message)
      }
    }
  }

  private send(subscriber: Subscriber, message: OutboxMessage): void {
    const { life } = this
    setTimeout(
      () => {
        if (life === this.life) void this.deliver(subscriber, message)
      },
      this.choices.whole(1, this.mood.lateMostMs),
    )
  }

  private async deliver(subscriber: Subscriber, message: OutboxMessage): Promise<void> {
    const { handler } = subscriber
    if (handler === null) return
    const events = readMessage(message.body).events as readonly Event[]
    if (this.defects.acksBeforeCommit === true) subscriber.unconfirmed.delete(message.id)
    try {
      await handler({ subject: message.subject, events })
      subscriber.unconfirmed.delete(message.id)
    } catch {
      const lost = this.defects.acksBeforeCommit === true
      if (subscriber.handler === handler && !lost) setTimeout(() => void this.deliver(subscriber, message), retryMs)
    }
  }
}
