/**
 * Messages that wait to be published: urgent ones first, each class in its order.
 * Called by the outbox relay; pure. Must never hand out a message twice.
 */
import { isUrgentSubject } from '@tradewire/contracts/define-event'
import type { OutboxMessage } from '@tradewire/database/outbox-message'

/** Handed-out places are given back in pieces: shifting an array by one for each message costs more. */
const trimRows = 4_096

class Fifo {
  private items: OutboxMessage[] = []
  private head = 0

  get size(): number {
    return this.items.length - this.head
  }

  push(item: OutboxMessage): void {
    this.items.push(item)
  }

  shift(): OutboxMessage | undefined {
    const item = this.items[this.head]
    if (item === undefined) return undefined
    this.head += 1
    if (this.head === this.items.length || this.head === trimRows) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return item
  }
}

export class PublishQueue {
  private urgent = new Fifo()
  private calm = new Fifo()

  get size(): number {
    return this.urgent.size + this.calm.size
  }

  push(message: OutboxMessage): void {
    const lane = isUrgentSubject(message.subject) ? this.urgent : this.calm
    lane.push(message)
  }

  /** The next one; with `calmMay` false only an urgent one. */
  shift(calmMay: boolean): OutboxMessage | undefined {
    return this.urgent.shift() ?? (calmMay ? this.calm.shift() : undefined)
  }

  clear(): void {
    this.urgent = new Fifo()
    this.calm = new Fifo()
  }
}
