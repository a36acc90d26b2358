/** The operations of the API document, flat. Called by what is generated from it for callers: SDK and collection. */
import { isObject, type JsonObject, type JsonValue } from '@tradewire/contracts/openapi/schemas'

export interface ApiOperation {
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly method: string
  readonly path: string
  readonly isPublic: boolean
  /** Takes an Idempotency-Key. */
  readonly once: boolean
  readonly params: JsonObject | undefined
  readonly query: JsonObject | undefined
  readonly body: JsonObject | undefined
  readonly bodyExample: JsonValue | undefined
  /** Of the success that is JSON, or a file as its bytes; undefined for none. */
  readonly reply: JsonObject | undefined
}

const idempotencyHeader = 'Idempotency-Key'

export function operationsOf(api: JsonObject): ApiOperation[] {
  return entriesOf(api['paths']).flatMap(([path, methods]) =>
    entriesOf(methods).map(([method, operation]) => operationOf(path, method.toUpperCase(), operation)),
  )
}

function operationOf(path: string, method: string, operation: JsonObject): ApiOperation {
  const all = operation['parameters']
  const parameters = (Array.isArray(all) ? all : []).filter(isObject)
  const request = contentOf(operation['requestBody'])
  const success = entriesOf(operation['responses']).find(([status]) => status.startsWith('2'))?.[1]
  return {
    id: textOf(operation['operationId']),
    tag: textOf(Array.isArray(operation['tags']) ? operation['tags'][0] : undefined),
    summary: textOf(operation['summary']),
    method,
    path,
    isPublic: Array.isArray(operation['security']) && operation['security'].length === 0,
    once: parameters.some(({ name }) => name === idempotencyHeader),
    params: partOf(parameters, 'path'),
    query: partOf(parameters, 'query'),
    body: schemaOf(request),
    bodyExample: request?.['example'],
    reply: schemaOf(contentOf(success)) ?? fileOf(success),
  }
}

/** The parameters of one place as one object. */
function partOf(parameters: readonly JsonObject[], place: string): JsonObject | undefined {
  const found = parameters.filter((parameter) => parameter['in'] === place)
  if (found.length === 0) return undefined
  return {
    type: 'object',
    properties: Object.fromEntries(found.map(({ name, schema }) => [textOf(name), schema ?? {}])),
    required: found.filter(({ required }) => required === true).map(({ name }) => textOf(name)),
  }
}

function contentOf(part: JsonValue | undefined): JsonObject | undefined {
  const content = isObject(part) ? part['content'] : undefined
  const media = isObject(content) ? content['application/json'] : undefined
  return isObject(media) ? media : undefined
}

/** A success that is neither JSON nor a stream. */
function fileOf(part: JsonValue | undefined): JsonObject | undefined {
  const content = isObject(part) ? part['content'] : undefined
  const isFile = entriesOf(content).some(([type]) => type === 'text/csv' || type === 'application/pdf')
  return isFile ? { type: 'string', format: 'binary' } : undefined
}

function schemaOf(media: JsonObject | undefined): JsonObject | undefined {
  return isObject(media?.['schema']) ? media['schema'] : undefined
}

function entriesOf(value: JsonValue | undefined): (readonly [string, JsonObject])[] {
  return Object.entries(isObject(value) ? value : {}).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  )
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
