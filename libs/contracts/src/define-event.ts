/**
 * One object per event version: its subject, its payload and its documentation.
 * Called by every service that emits or consumes; the AsyncAPI page is generated from it.
 * Must never be edited in a breaking way: additive changes only, else a new version.
 */
import type { EventId } from '@tradewire/kernel/ids'
import { partitionToken } from '@tradewire/kernel/partition'
import { z } from 'zod'

export interface EventContract<Name extends string = string, Data extends z.ZodType = z.ZodType> {
  /** The event's name and, unless partitioned, its NATS subject. */
  readonly name: Name
  readonly version: number
  /** The service that emits it. */
  readonly owner: string
  readonly description: string
  readonly data: Data
  readonly example: z.input<Data>
  /**
   * `single`: one event a message, for everyone. `batched`: up to `batchEventsMax` events of one subject a message.
   * Both have the same body, {"events": [...]}.
   */
  readonly delivery: 'single' | 'batched'
  /** Partitioned by account: the subject is `<name>.p00` .. `<name>.p15`. */
  readonly partitioned: boolean
  /**
   * Which events go before all others in every queue on their way: those that exits follow from, and exits themselves.
   * They travel on a subject of their own, `urgent.<subject>`. None when not given.
   */
  readonly urgent?: (data: z.output<Data>) => boolean
}

/** At most this many logical events in one message. */
export const batchEventsMax = 100

/** One logical event as it travels and as the outbox stores it. */
export interface Event<Data = unknown> {
  readonly id: EventId
  readonly name: string
  readonly version: number
  readonly occurredAt: string
  readonly data: Data
}

export type DataOf<Contract extends EventContract> = z.output<Contract['data']>
export type EventOf<Contract extends EventContract> = Event<DataOf<Contract>>

export function defineEvent<const Name extends string, Data extends z.ZodType>(contract: {
  readonly name: Name
  readonly version: number
  readonly owner: string
  readonly description: string
  readonly data: Data
  readonly example: z.input<Data>
  readonly delivery?: 'single' | 'batched'
  readonly partitioned?: boolean
  readonly urgent?: (data: z.output<Data>) => boolean
}): EventContract<Name, Data> {
  return { delivery: 'single', partitioned: false, ...contract }
}

/** The subject an event of this contract is published on, unless it is urgent. */
export function subjectOf(contract: EventContract, partition?: number): string {
  if (!contract.partitioned) return contract.name
  if (partition === undefined) throw new Error(`${contract.name} is partitioned: name the partition`)
  return `${contract.name}.${partitionToken(partition)}`
}

const urgentPrefix = 'urgent.'

/** Where what is urgent travels beside that subject. */
export function urgentSubjectOf(subject: string): string {
  return `${urgentPrefix}${subject}`
}

export function isUrgentSubject(subject: string): boolean {
  return subject.startsWith(urgentPrefix)
}
