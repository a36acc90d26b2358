/** JSON Schema in words for tables in Markdown. Called by the pages. Must never show more than the schema says. */
import { z } from 'zod'

export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
  readonly [key: string]: unknown
}

/** Formats that say all there is to say: their long patterns only hide it. */
const PLAIN_FORMATS = new Set(['uuid', 'date-time', 'email', 'uri'])

const definitionPrefix = '#/$defs/'

/** The schema by itself: without `$schema` and `$id`, named parts in their places, patterns of plain formats left out. */
export function jsonSchemaOf(schema: z.ZodType, direction: 'input' | 'output'): SchemaNode {
  const { $schema: _, $defs = {}, ...node } = z.toJSONSchema(schema, { io: direction, unrepresentable: 'any' })
  return withoutNoise(inPlace(node, $defs)) as SchemaNode
}

function inPlace(node: unknown, definitions: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(node)) return node.map((member) => inPlace(member, definitions))
  if (node === null || typeof node !== 'object') return node
  const { $ref: reference, ...rest } = node as SchemaNode
  const name = typeof reference === 'string' ? reference.slice(definitionPrefix.length) : undefined
  const { id: _, ...definition } = (name === undefined ? {} : definitions[name]) as SchemaNode
  const entries = Object.entries({ ...definition, ...rest })
  return Object.fromEntries(entries.map(([key, value]) => [key, inPlace(value, definitions)]))
}

function withoutNoise(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutNoise)
  if (node === null || typeof node !== 'object') return node
  const entries = Object.entries(node)
  const format: unknown = (node as SchemaNode).format
  const isPlain = typeof format === 'string' && PLAIN_FORMATS.has(format)
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (isPlain && key === 'pattern' ? [] : [[key, withoutNoise(value)]])),
  )
}

/** "text (uuid)", "one of buy, sell", "list of text", "object or null". */
export function typeWords(node: SchemaNode): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``
  if (node.enum !== undefined) return `one of ${node.enum.map((value) => `\`${String(value)}\``).join(', ')}`
  if (node.anyOf !== undefined) return node.anyOf.map(typeWords).join(' or ')
  if (Array.isArray(node.type)) return node.type.map((type) => typeWords({ ...node, type: String(type) })).join(' or ')
  switch (node.type) {
    case 'string':
      return node.format === undefined ? 'text' : `text (${node.format})`
    case 'integer':
      return 'whole number'
    case 'array':
      return `list of ${node.items === undefined ? 'anything' : typeWords(node.items)}`
    case undefined:
      return 'anything'
    default:
      return String(node.type)
  }
}

/** One cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
}

/** One line a field, nested objects by dotted names, lists by `[]`. */
export function fieldRows(node: SchemaNode, prefix = ''): { name: string; type: string; about: string }[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, field]) => {
    const name = `${prefix}${key}`
    const optional = node.required?.includes(key) === false ? ', optional' : ''
    const row = { name, type: `${typeWords(field)}${optional}`, about: aboutOf(field) }
    return [row, ...insideOf(field, name)]
  })
}

function aboutOf(node: SchemaNode): string {
  return node.description ?? node.anyOf?.find((choice) => choice.description !== undefined)?.description ?? ''
}

function insideOf(node: SchemaNode, name: string): { name: string; type: string; about: string }[] {
  const inner = [node, ...(node.anyOf ?? [])].find(
    (choice) => choice.properties !== undefined || choice.items?.properties,
  )
  if (inner === undefined) return []
  return inner.items === undefined ? fieldRows(inner, `${name}.`) : fieldRows(inner.items, `${name}[].`)
}
