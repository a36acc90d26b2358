/**
 * Sees result events as they are stored by the bus, on either side. Called by the fan-out measures.
 * Must never take part in a side's work: it listens to the subjects and acknowledges nothing.
 */
import { orderAccepted } from '@tradewire/contracts/events/brokers'
import { connect, type NatsConnection } from 'nats'
import { nowMs } from './clock.ts'
import { strawSubjects } from './straw-names.ts'

export class EventCounter {
  private readonly nats: NatsConnection
  private count = 0
  private lastMs = 0
  private waiting: { readonly count: number; readonly resolve: (lastMs: number) => void } | undefined

  private constructor(nats: NatsConnection) {
    this.nats = nats
    for (const subject of [orderAccepted.name, strawSubjects.event]) {
      nats.subscribe(subject, {
        callback: (_error, message) => this.note(message.json<{ events: readonly unknown[] }>().events.length),
      })
    }
  }

  static async open(natsUrl: string): Promise<EventCounter> {
    const counter = new EventCounter(await connect({ servers: natsUrl }))
    await counter.nats.flush()
    return counter
  }

  reset(): void {
    this.count = 0
    this.waiting = undefined
  }

  /** When the last of so many result events since the reset reached the bus. */
  until(count: number): Promise<number> {
    if (this.count >= count) return Promise.resolve(this.lastMs)
    return new Promise((resolve) => (this.waiting = { count, resolve }))
  }

  close(): Promise<void> {
    return this.nats.close()
  }

  private note(events: number): void {
    this.count += events
    this.lastMs = nowMs()
    if (this.waiting === undefined || this.count < this.waiting.count) return
    this.waiting.resolve(this.lastMs)
    this.waiting = undefined
  }
}
