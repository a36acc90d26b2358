/**
 * Makes the example of a schema from its own examples, defaults and formats.
 * Called by openapi.ts. Must never invent two different examples for one schema.
 */
import { isObject, type Direction, type JsonObject, type JsonValue, type SchemaComponents } from './schemas.ts'

const depthMax = 12
const byFormat: Readonly<Record<string, JsonValue>> = {
  uuid: '01963a5e-0000-7000-8000-000000000001',
  'date-time': '2022-11-06T16:53:59.180Z',
  date: '2022-11-06',
  email: 'johndoe@example.com',
  uri: 'https://example.com/hooks',
}
/** For text fields whose form neither format nor a general example tells; these go first. */
const byName: Readonly<Record<string, JsonValue>> = {
  riskPercent: '1.5',
  triggerPercent: '95',
  callbackRatePercent: '2',
  maxNotional: '25000',
  currency: 'USDT',
  symbol: 'BTC/USDT',
  url: 'https://example.com/hooks',
  name: 'Moderate',
}

export interface SampleContext {
  readonly components: SchemaComponents
  readonly direction: Direction
}

/** An example that follows the schema as far as JSON Schema tells; the caller checks it with zod. */
export function sampleOf(schema: JsonObject, context: SampleContext, name = '', depth = 0): JsonValue | undefined {
  if (depth > depthMax) return undefined
  const given = byName[name] ?? givenSample(schema)
  if (given !== undefined) return given
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const target = context.components.definitionOf(reference, context.direction)
    return target === undefined ? undefined : sampleOf(target, context, name, depth + 1)
  }
  const choices = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']
  if (Array.isArray(choices) && isObject(choices[0])) return sampleOf(choices[0], context, name, depth + 1)
  switch (schema['type']) {
    case 'object':
      return objectSample(schema, context, depth)
    case 'array':
      return arraySample(schema, context, depth)
    case 'string':
      return byFormat[typeof schema['format'] === 'string' ? schema['format'] : ''] ?? 'text'
    case 'integer':
    case 'number':
      return numberSample(schema)
    case 'boolean':
      return true
    default:
      return null
  }
}

function givenSample(schema: JsonObject): JsonValue | undefined {
  const { examples, enum: members } = schema
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as JsonValue
  if (schema['const'] !== undefined) return schema['const']
  if (Array.isArray(members) && members.length > 0) return members[0] as JsonValue
  return schema['default']
}

function objectSample(schema: JsonObject, context: SampleContext, depth: number): JsonValue {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const entries = Object.entries(properties).flatMap(([key, member]) => {
    const sample = isObject(member) ? sampleOf(member, context, key, depth + 1) : undefined
    return sample === undefined ? [] : [[key, sample] as const]
  })
  return Object.fromEntries(entries)
}

function arraySample(schema: JsonObject, context: SampleContext, depth: number): JsonValue {
  const sample = isObject(schema['items']) ? sampleOf(schema['items'], context, '', depth + 1) : undefined
  return sample === undefined ? [] : [sample]
}

function numberSample(schema: JsonObject): number {
  const { minimum, exclusiveMinimum } = schema
  if (typeof minimum === 'number') return minimum
  return typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : 1
}
