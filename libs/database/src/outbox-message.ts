/**
 * Events packed into bus messages, as rows of `outbox`.
 * Called by Transaction just before COMMIT. Must never publish: the relay does, after the commit.
 */
import {
  batchEventsMax,
  type DataOf,
  type Event,
  type EventContract,
  subjectOf,
  urgentSubjectOf,
} from '@tradewire/contracts/define-event'
import type { Clock } from '@tradewire/kernel/clock'
import type { IdSource } from '@tradewire/kernel/ids'
import { partitionOf } from '@tradewire/kernel/partition'

/** One bus message, as stored and as handed to the relay after the commit. */
export interface OutboxMessage {
  readonly id: string
  readonly subject: string
  /** JSON text {"events":[...]}. */
  readonly body: string
  readonly eventCount: number
  readonly trace: string | null
}

/** A message grows up to this many characters of JSON; the bus refuses messages over 1 MB. */
const messageCharsMax = 400_000

interface Open {
  readonly subject: string
  readonly trace: string | null
  readonly eventsMax: number
  readonly parts: string[]
  chars: number
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
      this.put(contract, subjectFor(contract, data), JSON.stringify(event), trace)
    }
  }

  /** The messages in the order in which their last event was appended. Empties the buffer. */
  take(): OutboxMessage[] {
    const all = [...this.closed, ...this.open.values()]
    this.closed.length = 0
    this.open.clear()
    return all.map(({ subject, trace, parts }) => ({
      id: this.ids.next(),
      subject,
      body: `{"events":[${parts.join(',')}]}`,
      eventCount: parts.length,
      trace,
    }))
  }

  private put(contract: EventContract, subject: string, event: string, trace: string | null): void {
    const key = trace === null ? subject : `${subject} ${trace}`
    let message = this.open.get(key)
    if (message !== undefined && message.chars + event.length > messageCharsMax) {
      this.close(key, message)
      message = undefined
    }
    if (message === undefined) {
      const eventsMax = contract.delivery === 'batched' ? batchEventsMax : 1
      message = { subject, trace, eventsMax, parts: [], chars: 0 }
      this.open.set(key, message)
    }
    message.parts.push(event)
    message.chars += event.length
    if (message.parts.length >= message.eventsMax) this.close(key, message)
  }

  private close(key: string, message: Open): void {
    this.closed.push(message)
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
