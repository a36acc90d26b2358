/** JSON Schema of the API document as TypeScript types. Called by the SDK's generator. Must never widen what a schema says. */
import { isObject, type JsonObject, type JsonValue } from '@tradewire/contracts/openapi/schemas'

const reference = /^#\/components\/schemas\/(.+)$/

export function typeOf(schema: JsonObject): string {
  const { $ref: target, const: value, enum: members } = schema
  if (typeof target === 'string') return reference.exec(target)?.[1] ?? 'unknown'
  if (value !== undefined) return literal(value)
  if (Array.isArray(members)) return union(members.map(literal))
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choices)) return union(choices.filter(isObject).map(typeOf))
  const all = schema['allOf']
  if (Array.isArray(all)) return all.filter(isObject).map(typeOf).join(' & ')
  const { type } = schema
  if (Array.isArray(type)) return union(type.map((one) => typeOf({ ...schema, type: one as string })))
  switch (type) {
    case 'string':
      return schema['format'] === 'binary' ? 'Uint8Array' : 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return arrayOf(schema)
    case 'object':
      return objectOf(schema)
    default:
      return 'unknown'
  }
}

function arrayOf({ items, prefixItems }: JsonObject): string {
  if (Array.isArray(prefixItems)) return `readonly [${prefixItems.filter(isObject).map(typeOf).join(', ')}]`
  const item = isObject(items) ? typeOf(items) : 'unknown'
  return `readonly ${/[ |&]/.test(item) && !item.startsWith('{') ? `(${item})` : item}[]`
}

function objectOf({ properties, required, additionalProperties }: JsonObject): string {
  const needed = new Set(Array.isArray(required) ? required : [])
  const fields = Object.entries(isObject(properties) ? properties : {}).map(
    ([name, field]) => `${key(name)}${needed.has(name) ? '' : '?'}: ${isObject(field) ? typeOf(field) : 'unknown'}`,
  )
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  return isObject(additionalProperties)
    ? `Readonly<Record<string, ${typeOf(additionalProperties)}>>`
    : 'Record<string, unknown>'
}

function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : literal(name)
}

function literal(value: JsonValue): string {
  return typeof value === 'string' ? `'${value.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'` : JSON.stringify(value)
}

function union(parts: readonly string[]): string {
  return [...new Set(parts)].join(' | ')
}
