/**
 * Events packed into rows of `outbox`, and such rows as messages of the bus.
 * Called by Transaction just before COMMIT, and by the relay. Must never publish: the relay does, after the commit.
 */
import {
  batchEventsMax,
  type DataOf,
  type Event,
  type EventContract,
  subjectOf,
  urgentSubjectOf,
} from '@tradewire/contracts/define-event'
import { eventSeparator, messageEnd, plainStart, plainText, sharingText } from '@tradewire/contracts/event-message'
import type { Clock } from '@tradewire/kernel/clock'
import { type IdSource, timedUuidOf } from '@tradewire/kernel/ids'
import { partitionOf } from '@tradewire/kernel/partition'

/** Events of one transaction, subject and trace, as stored and as handed to the relay after the commit. */
export interface OutboxRow {
  readonly id: string
  readonly subject: string
  /** JSON text of a message, each event on a line of its own. */
  readonly body: string
  readonly eventCount: number
  /** Each event travels in a message of its own; else all of them in one. */
  readonly split: boolean
  readonly trace: string | null
}

/** One message of the bus. */
export interface OutboxMessage {
  readonly id: string
  /** All messages of a row are on their way before it counts as published. */
  readonly rowId: string
  readonly subject: string
  /** JSON text of `event-message.ts`. */
  readonly body: string
  readonly trace: string | null
}

/** The bus refuses messages over 1 MB. */
const bodyCharsMax = 400_000

/** The same messages with the same ids each time, so that who has had one knows it again. */
export function messagesOf({ id, subject, body, eventCount, split, trace }: OutboxRow): OutboxMessage[] {
  if (!split || eventCount === 1) return [{ id, rowId: id, subject, body, trace }]
  return eventsText(body)
    .split(eventSeparator)
    .map((event, index) => ({
      id: messageIdOf(id, index),
      rowId: id,
      subject,
      body: plainStart + event + messageEnd,
      trace,
    }))
}

/** The events of a row to be split, each a line of its own. */
export function eventsText(body: string): string {
  return body.slice(plainStart.length, -messageEnd.length)
}

export function messageIdOf(rowId: string, index: number): string {
  return index === 0 ? rowId : timedUuidOf(rowId, `${rowId} ${index}`)
}

interface Open {
  readonly subject: string
  readonly trace: string | null
  readonly split: boolean
  readonly events: Event[]
}

/** Collects the events of one transaction, in order per subject. */
export class OutboxBuffer {
  private readonly clock: Clock
  private readonly ids: IdSource
  private readonly open = new Map<string, Open>()
  private readonly closed: Open[] = []

  constructor(clock: Clock, ids: IdSource) {
    this.clock = clock
    this.ids = ids
  }

  append<Contract extends EventContract>(
    contract: Contract,
    all: readonly DataOf<Contract>[],
    trace: string | null,
  ): void {
    const occurredAt = this.clock.now().toISOString()
    for (const data of all) {
      const event: Event = { id: this.ids.next(), name: contract.name, version: contract.version, occurredAt, data }
      this.put(contract, subjectFor(contract, data), event, trace)
    }
  }

  /** The rows in the order in which their last event was appended. Empties the buffer. */
  take(): OutboxRow[] {
    const all = [...this.closed, ...this.open.values()]
    this.closed.length = 0
    this.open.clear()
    return all.flatMap((open) => this.rowsOf(open, open.events))
  }

  /** One row, or more where its body would be too large. */
  private rowsOf(open: Open, events: readonly Event[]): OutboxRow[] {
    const { subject, trace, split } = open
    const body = split ? plainText(events) : sharingText(events)
    if (body.length > bodyCharsMax && events.length > 1) {
      const middle = Math.ceil(events.length / 2)
      return [...this.rowsOf(open, events.slice(0, middle)), ...this.rowsOf(open, events.slice(middle))]
    }
    return [{ id: this.ids.next(), subject, body, eventCount: events.length, split, trace }]
  }

  private put(contract: EventContract, subject: string, event: Event, trace: string | null): void {
    if (contract.delivery === 'single') {
      this.putSingle(subject, event, trace)
      return
    }
    const key = trace === null ? subject : `${subject} ${trace}`
    const row = this.open.get(key) ?? { subject, trace, split: false, events: [] }
    row.events.push(event)
    this.open.set(key, row)
    if (row.events.length >= batchEventsMax) this.close(key, row)
  }

  /** Shares a row only with the one right before it, so that events of several contracts keep their order. */
  private putSingle(subject: string, event: Event, trace: string | null): void {
    const row = this.closed.at(-1)
    const fits =
      row?.split === true && row.subject === subject && row.trace === trace && row.events.length < batchEventsMax
    if (fits) row.events.push(event)
    else this.closed.push({ subject, trace, split: true, events: [event] })
  }

  private close(key: string, row: Open): void {
    this.closed.push(row)
    this.open.delete(key)
  }
}

function subjectFor(contract: EventContract, data: unknown): string {
  const subject = calmSubjectFor(contract, data)
  return contract.urgent?.(data) === true ? urgentSubjectOf(subject) : subject
}

function calmSubjectFor(contract: EventContract, data: unknown): string {
  if (!contract.partitioned) return subjectOf(contract)
  const accountId = (data as { readonly accountId?: unknown } | null)?.accountId
  if (typeof accountId !== 'string') throw new Error(`${contract.name} is partitioned: its data needs an accountId`)
  return subjectOf(contract, partitionOf(accountId))
}
