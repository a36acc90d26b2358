/** The AsyncAPI 3 document of all events. Called by the docs command. Must never depend on time or order of import. */
import { batchEventsMax, type EventContract, urgentSubjectOf } from '@tradewire/contracts/define-event'
import { partitionCount, partitionToken } from '@tradewire/kernel/partition'
import { jsonSchemaOf, type SchemaNode } from './schema-words.ts'

const exampleId = '01963a5e-0000-7000-8000-0000000000e1'
const exampleTime = '2022-11-06T16:53:59.180Z'

/** `trade.opened` version 1 -> `tradeOpenedV1`: a component key without dots. */
export function keyOf({ name, version }: EventContract): string {
  const words = name.split(/[.-]/)
  const joined = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
  return `${joined}V${version}`
}

export function buildAsyncApi(events: readonly EventContract[], version: string): unknown {
  const sorted = events.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
  const entries = <Value>(make: (event: EventContract) => Value) =>
    Object.fromEntries(sorted.map((event) => [keyOf(event), make(event)]))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tradewire events',
      version,
      description:
        'Events on NATS JetStream. A message holds one or more logical events; each has its own id, and a consumer ' +
        'that sees an id again ignores it. Delivery is at least once.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: { ...entries((event) => channelOf(event)), ...urgentChannels(sorted) },
    operations: entries((event) => ({
      action: 'send',
      title: `${event.owner} publishes ${event.name}`,
      channel: { $ref: `#/channels/${keyOf(event)}` },
      messages: [{ $ref: `#/channels/${keyOf(event)}/messages/${keyOf(event)}` }],
    })),
    components: { messages: entries(messageOf), schemas: entries((event) => jsonSchemaOf(event.data, 'output')) },
  }
}

/** What exits follow from travels apart, so that it never waits behind the rest of its kind. */
function urgentChannels(events: readonly EventContract[]): Record<string, unknown> {
  const urgent = events.filter((event) => event.urgent !== undefined)
  return Object.fromEntries(urgent.map((event) => [`${keyOf(event)}Urgent`, channelOf(event, urgentSubjectOf)]))
}

function channelOf(event: EventContract, addressOf = (subject: string): string => subject): unknown {
  const messages = { [keyOf(event)]: { $ref: `#/components/messages/${keyOf(event)}` } }
  if (!event.partitioned) return { address: addressOf(event.name), description: event.description, messages }
  const tokens = Array.from({ length: partitionCount }, (_, partition) => partitionToken(partition))
  return {
    address: addressOf(`${event.name}.{partition}`),
    description: event.description,
    parameters: { partition: { description: 'Partition of the account', enum: tokens, examples: tokens.slice(0, 1) } },
    messages,
  }
}

function messageOf(event: EventContract): unknown {
  const { name, version, owner, description } = event
  return {
    name,
    title: name,
    summary: description,
    contentType: 'application/json',
    tags: [{ name: owner }],
    payload: payloadOf(event),
    examples: [
      {
        name: 'one',
        payload: { events: [{ id: exampleId, name, version, occurredAt: exampleTime, data: event.example }] },
      },
    ],
  }
}

/** The body of a message: one event, or up to a hundred where the contract allows batches. */
function payloadOf(event: EventContract): SchemaNode {
  const batched = event.delivery === 'batched'
  const { id, ...about } = eventFields(event, batched)
  const shared = {
    type: 'object',
    description: 'What each of the events says as well; where there is one event, it says all by itself',
    additionalProperties: false,
    properties: about,
  }
  return {
    type: 'object',
    required: ['events'],
    additionalProperties: false,
    properties: {
      ...(batched ? { shared } : {}),
      consumer: { type: 'string', description: 'The consumer that it is sent to once more; others ignore the message' },
      events: {
        type: 'array',
        minItems: 1,
        maxItems: batched ? batchEventsMax : 1,
        items: {
          type: 'object',
          required: batched ? ['id'] : ['id', 'name', 'version', 'occurredAt', 'data'],
          additionalProperties: false,
          properties: { id, ...about },
        },
      },
    },
  }
}

function eventFields(event: EventContract, batched: boolean): Record<string, SchemaNode> & { readonly id: SchemaNode } {
  const schema = `#/components/schemas/${keyOf(event)}`
  const names = Object.keys(jsonSchemaOf(event.data, 'output')['properties'] ?? {})
  const part = {
    type: 'object',
    description: `Together with what is shared, all of ${keyOf(event)}`,
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, { $ref: `${schema}/properties/${name}` }])),
  }
  return {
    id: { type: 'string', format: 'uuid', description: 'Identity of the logical event' },
    name: { type: 'string', const: event.name },
    version: { type: 'integer', const: event.version },
    occurredAt: { type: 'string', format: 'date-time' },
    data: batched ? part : { $ref: schema },
  }
}
