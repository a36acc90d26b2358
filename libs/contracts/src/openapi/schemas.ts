/**
 * Turns zod schemas into OpenAPI 3.1 schemas and gathers the named ones (`.meta({ id })`) as shared components.
 * Called by openapi.ts. Must never depend on the order of calls: equal contracts give an equal document.
 */
import { z } from 'zod'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }
/** `input` is what a client sends (defaults may be left out), `output` what it gets. */
export type Direction = 'input' | 'output'

const definitionPrefix = '#/$defs/'
const componentPrefix = '#/components/schemas/'
/** Formats that say all there is to say; their long patterns only break generators. */
const plainFormats: ReadonlySet<JsonValue | undefined> = new Set(['uuid', 'date-time', 'date', 'email', 'uri'])

export class SchemaComponents {
  private readonly forms: Record<Direction, Map<string, JsonObject>> = { input: new Map(), output: new Map() }

  /** The schema with references to components; named parts are kept for `all()`. */
  add(schema: z.ZodType, direction: Direction): JsonObject {
    const {
      $schema: _,
      $defs,
      ...root
    } = z.toJSONSchema(schema, {
      io: direction,
      unrepresentable: 'any',
    }) as unknown as JsonObject & { $defs?: Record<string, JsonObject> }
    for (const [name, definition] of Object.entries($defs ?? {})) {
      this.keep(name, this.clean(definition, direction), direction)
    }
    return this.clean(root, direction)
  }

  /** Every component by name, sorted. Both forms of one name are kept only where they differ. */
  all(): Record<string, JsonObject> {
    const entries = [...this.forms.output]
    for (const [name, form] of this.forms.input) {
      if (this.hasTwoForms(name)) entries.push([`${name}Input`, form])
      else if (!this.forms.output.has(name)) entries.push([name, form])
    }
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
  }

  /** Throws when two different schemas have one name: one of them would be shown for both. */
  private keep(name: string, form: JsonObject, direction: Direction): void {
    const known = this.forms[direction].get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(form)) {
      throw new Error(`two different schemas are named ${name}: give one of them another id`)
    }
    this.forms[direction].set(name, form)
  }

  private hasTwoForms(name: string): boolean {
    const [input, output] = [this.forms.input.get(name), this.forms.output.get(name)]
    return input !== undefined && output !== undefined && JSON.stringify(input) !== JSON.stringify(output)
  }

  /**
   * Points references at the components of one direction. To be called when every schema was added:
   * only then is it known which names have two forms.
   */
  resolve(value: JsonValue, direction: Direction): JsonValue {
    if (Array.isArray(value)) return value.map((member) => this.resolve(member, direction))
    if (!isObject(value)) return value
    return mapValues(value, (member, key) => {
      if (key !== '$ref' || typeof member !== 'string') return this.resolve(member, direction)
      const name = member.slice(definitionPrefix.length)
      const suffix = direction === 'input' && this.hasTwoForms(name) ? 'Input' : ''
      return `${componentPrefix}${name}${suffix}`
    })
  }

  /** The definition that a `$ref` made by `add` names. */
  definitionOf(reference: string, direction: Direction): JsonObject | undefined {
    return this.forms[direction].get(reference.slice(definitionPrefix.length))
  }

  /** Components with their own references resolved. */
  resolved(): Record<string, JsonValue> {
    const inputs = new Set(this.forms.input.values())
    return mapValues(this.all(), (form) => this.resolve(form, inputs.has(form) ? 'input' : 'output'))
  }

  private clean(value: JsonObject, direction: Direction): JsonObject {
    return cleaned(value, direction) as JsonObject
  }
}

function cleaned(value: JsonValue, direction: Direction): JsonValue {
  if (Array.isArray(value)) return value.map((member) => cleaned(member, direction))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key, member]) => !isNoise(value, key, member, direction))
  return Object.fromEntries(kept.map(([key, member]) => [key, cleaned(member, direction)]))
}

// oxlint-disable-next-line max-params -- A predicate over one member of one object.
function isNoise(owner: JsonObject, key: string, member: JsonValue, direction: Direction): boolean {
  if (key === 'pattern') return typeof member === 'string' && plainFormats.has(owner['format'])
  if (key === 'propertyNames') return owner['type'] === 'object'
  if (key === 'maximum') return member === Number.MAX_SAFE_INTEGER
  if (key === 'minimum') return member === Number.MIN_SAFE_INTEGER
  // Replies may gain fields later; clients must not be told to refuse them.
  return key === 'additionalProperties' && member === false && direction === 'output'
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, key: string) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}
