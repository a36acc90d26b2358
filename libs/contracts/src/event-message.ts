/**
 * The body of every message on the bus, written and read: what all its events have in common stands once.
 * Called by the outbox, by consumers and tails. Must never leave out what an event alone says.
 */
import { z } from 'zod'
import { batchEventsMax, type Event } from './define-event.ts'

const eventTime = z.iso.datetime()
const eventVersion = z.int().positive()

const sharedFields = z.strictObject({
  name: z.string().optional(),
  version: eventVersion.optional(),
  occurredAt: eventTime.optional(),
  data: z.record(z.string(), z.unknown()).optional(),
})

const eventMessage = z.strictObject({
  /** What each of the events says as well; what an event says itself goes before it. */
  shared: sharedFields.optional(),
  events: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string().optional(),
        version: eventVersion.optional(),
        occurredAt: eventTime.optional(),
        data: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(batchEventsMax),
  /** The consumer that it is meant for, when events are sent to one of them once more; everyone's without it. */
  consumer: z.string().optional(),
})

type Shared = z.output<typeof sharedFields>
type OwnEvent = z.output<typeof eventMessage>['events'][number]

/** An event as it came: neither its id nor its data has been looked at. */
export type ReceivedEvent = Omit<Event, 'id'> & { readonly id: string }

export interface ReceivedMessage {
  readonly events: readonly ReceivedEvent[]
  readonly consumer?: string | undefined
}

/** Throws what is wrong with a text that is no message. */
export function readMessage(text: string): ReceivedMessage {
  const { shared, events, consumer } = eventMessage.parse(JSON.parse(text))
  return { events: events.map((own) => wholeOf(own, shared)), consumer }
}

function wholeOf(own: OwnEvent, shared: Shared | undefined): ReceivedEvent {
  const name = own.name ?? shared?.name
  const version = own.version ?? shared?.version
  const occurredAt = own.occurredAt ?? shared?.occurredAt
  if (name === undefined || version === undefined || occurredAt === undefined) {
    throw new Error(`event ${own.id} says neither itself nor with the others what it is`)
  }
  const data = shared?.data === undefined ? own.data : { ...shared.data, ...(own.data as object | undefined) }
  return { id: own.id, name, version, occurredAt, data }
}

/** JSON text never holds a line break, so a message can be taken apart without reading it. */
export const eventSeparator = ',\n'
export const plainStart = '{"events":['
export const messageEnd = ']}'

/** Each event says all by itself. */
export function plainText(events: readonly Event[]): string {
  return plainStart + events.map((event) => JSON.stringify(event)).join(eventSeparator) + messageEnd
}

/** What is equal in all of the events stands once: of a batch of orders that is two thirds. */
export function sharingText(events: readonly Event[]): string {
  const [first, ...rest] = events
  if (first === undefined || rest.length === 0 || !events.every(({ data }) => isRecord(data))) return plainText(events)
  const datas = events.map(({ data }) => data as Readonly<Record<string, unknown>>)
  const [name, version, occurredAt] = (['name', 'version', 'occurredAt'] as const).map((field) =>
    rest.every((event) => event[field] === first[field]) ? first[field] : undefined,
  )
  const data = sharedOf(datas)
  const texts = events.map((event, index) =>
    JSON.stringify({
      id: event.id,
      name: name === undefined ? event.name : undefined,
      version: version === undefined ? event.version : undefined,
      occurredAt: occurredAt === undefined ? event.occurredAt : undefined,
      data: without(datas[index]!, data),
    }),
  )
  const shared = JSON.stringify({ name, version, occurredAt, data })
  return `{"shared":${shared},"events":[${texts.join(eventSeparator)}${messageEnd}`
}

function isRecord(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

type Fields = Readonly<Record<string, unknown>>

/** The fields that all have with the same value: plain values only, which is all that is equal at a glance. */
function sharedOf([first, ...rest]: readonly Fields[]): Fields {
  let shared = Object.entries(first ?? {}).filter(([, value]) => value === null || typeof value !== 'object')
  for (const other of rest) {
    if (shared.length === 0) break
    if (!shared.every(([key, value]) => other[key] === value))
      shared = shared.filter(([key, value]) => other[key] === value)
  }
  return Object.fromEntries(shared)
}

function without(data: Fields, shared: Fields): Fields {
  const own: Record<string, unknown> = {}
  for (const key of Object.keys(data)) if (!Object.hasOwn(shared, key)) own[key] = data[key]
  return own
}
