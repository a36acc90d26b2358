/**
 * What a caller of the API of before could no longer rely on: the difference of two API documents, as far as it breaks.
 * Called by the compatibility check. Pure; must never call an addition a break.
 */
import { isObject, type JsonObject, type JsonValue } from '@tradewire/contracts/openapi/schemas'
import { type ApiOperation, operationsOf } from '../../docs/api-operations.ts'

export interface Break {
  readonly operation: string
  /** One sentence; equal for equal breaks, so that an allowance can name it. */
  readonly what: string
}

/** Whether the caller writes the value or reads it: what may change is the opposite. */
type Direction = 'sent' | 'read'

const depthMax = 20

interface Side {
  readonly before: Schemas
  readonly after: Schemas
}

type Schemas = Readonly<Record<string, JsonValue>>

export function breaksBetween(before: JsonObject, after: JsonObject): Break[] {
  const side = { before: schemasOf(before), after: schemasOf(after) }
  const now = new Map(operationsOf(after).map((operation) => [`${operation.method} ${operation.path}`, operation]))
  return operationsOf(before).flatMap((was) => {
    const found = now.get(`${was.method} ${was.path}`)
    const what = found === undefined ? [`${was.method} ${was.path} is gone`] : breaksOfOperation(was, found, side)
    return what.map((one) => ({ operation: was.id, what: one }))
  })
}

function breaksOfOperation(was: ApiOperation, is: ApiOperation, side: Side): string[] {
  return [
    ...(was.id === is.id ? [] : [`is called ${is.id} now`]),
    ...(was.isPublic && !is.isPublic ? ['needs a credential now'] : []),
    ...breaksOf(was.params, is.params, { side, direction: 'sent', path: 'path' }),
    ...breaksOf(was.query, is.query, { side, direction: 'sent', path: 'query' }),
    ...breaksOf(was.body, is.body, { side, direction: 'sent', path: 'body' }),
    ...breaksOf(was.reply, is.reply, { side, direction: 'read', path: 'reply' }),
  ]
}

interface Place {
  readonly side: Side
  readonly direction: Direction
  readonly path: string
  readonly depth?: number
}

function breaksOf(was: JsonObject | undefined, is: JsonObject | undefined, place: Place): string[] {
  const { side, direction, path, depth = 0 } = place
  if (depth > depthMax) return []
  const [old, now] = [resolved(was, side.before), resolved(is, side.after)]
  if (old === undefined) return requiredOf(now).length > 0 && direction === 'sent' ? [`${path} is required now`] : []
  if (now === undefined) return [`${path} is gone`]
  const deeper = { ...place, depth: depth + 1 }
  return [
    ...breaksOfTypes(old, now, place),
    ...breaksOfFields(old, now, deeper),
    ...(isObject(old['items']) && isObject(now['items'])
      ? breaksOf(old['items'], now['items'], { ...deeper, path: `${path}[]` })
      : []),
  ]
}

/**
 * A value that is sent must still be taken; a value that is read must be of a type known before. A new word in a reply
 * is no break: a new venue or state would be one everywhere, and callers are told to expect words that they do not know.
 */
function breaksOfTypes(old: JsonObject, now: JsonObject, { direction, path }: Place): string[] {
  const [before, after] = [typesOf(old, direction), typesOf(now, direction)]
  if (before === undefined || after === undefined) return []
  const [must, may] = direction === 'sent' ? [before, after] : [after, before]
  const strangers = [...must].filter((type) => !may.has(type))
  if (strangers.length === 0) return []
  return [
    direction === 'sent'
      ? `${path} takes no ${strangers.join(', ')} now`
      : `${path} may be ${strangers.join(', ')} now`,
  ]
}

/** The types that a value may be, and the words where it is sent; undefined where a schema says neither. */
function typesOf(schema: JsonObject, direction: Direction): Set<string> | undefined {
  const { type, enum: members, const: value, anyOf, oneOf } = schema
  const word = (one: JsonValue) => (direction === 'sent' || one === null ? JSON.stringify(one) : typeof one)
  if (value !== undefined) return new Set([word(value)])
  if (Array.isArray(members)) return new Set(members.map(word))
  const choices = anyOf ?? oneOf
  if (Array.isArray(choices)) {
    const all = choices.filter(isObject).map((choice) => typesOf(choice, direction))
    return all.some((one) => one === undefined) ? undefined : new Set(all.flatMap((one) => [...(one ?? [])]))
  }
  if (typeof type === 'string') return new Set([type])
  return Array.isArray(type) ? new Set(type.map(String)) : undefined
}

function breaksOfFields(old: JsonObject, now: JsonObject, place: Place): string[] {
  const { direction, path } = place
  const [before, after] = [fieldsOf(old), fieldsOf(now)]
  const gone = Object.entries(before).flatMap(([name, field]) =>
    isObject(field)
      ? breaksOf(field, isObject(after[name]) ? after[name] : undefined, { ...place, path: `${path}.${name}` })
      : [],
  )
  const [wasRequired, isRequired] = [new Set(requiredOf(old)), new Set(requiredOf(now))]
  if (direction === 'read') {
    const absent = [...wasRequired].filter((name) => name in after && !isRequired.has(name))
    return [...gone, ...absent.map((name) => `${path}.${name} may be absent now`)]
  }
  const demanded = [...isRequired].filter((name) => !wasRequired.has(name))
  return [...gone, ...demanded.map((name) => `${path}.${name} is required now`)]
}

function resolved(schema: JsonObject | undefined, schemas: Schemas): JsonObject | undefined {
  const target = schema?.['$ref']
  if (typeof target !== 'string') return schema
  const found = schemas[target.slice(target.lastIndexOf('/') + 1)]
  return isObject(found) ? found : undefined
}

function schemasOf(api: JsonObject): Schemas {
  const components = api['components']
  const schemas = isObject(components) ? components['schemas'] : undefined
  return isObject(schemas) ? schemas : {}
}

function fieldsOf({ properties }: JsonObject): Schemas {
  return isObject(properties) ? properties : {}
}

function requiredOf(schema: JsonObject | undefined): string[] {
  const required = schema?.['required']
  return Array.isArray(required) ? required.map(String) : []
}
