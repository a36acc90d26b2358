/**
 * What can be read off a zod schema without parsing: its kind, default, description and marks.
 * Called by define-config and describe-config. Must never depend on a setting's value.
 */
import type { z } from 'zod'

export type SettingKind = 'text' | 'number' | 'boolean' | 'list' | 'choice'

export interface SchemaFacts {
  readonly kind: SettingKind
  /** For people: "whole number", "true or false", "one of a, b". */
  readonly type: string
  readonly required: boolean
  /** The default as it would be written in the environment. */
  readonly defaultText: string | undefined
  readonly description: string
  /** The value is a secret: generated pages never show its default. */
  readonly secret: boolean
  /** A full environment name that replaces the one made of prefix and key. */
  readonly environmentName: string | undefined
}

/** The parts of a zod 4 definition that are read here. */
interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly defaultValue?: unknown
}

interface Marks {
  readonly description?: string
  readonly secret?: unknown
  readonly environmentName?: string
}

/** The schema itself and those it wraps (default, optional, nullable, pipe), outermost first. */
function layersOf(schema: z.ZodType): z.ZodType[] {
  const layers: z.ZodType[] = [schema]
  for (let layer = innerOf(schema); layer !== undefined; layer = innerOf(layer)) layers.push(layer)
  return layers
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  const definition = definitionOf(schema)
  if (definition.innerType !== undefined) return definition.innerType
  return definition.type === 'pipe' ? definition.in : undefined
}

const kinds: Readonly<Record<string, SettingKind>> = {
  number: 'number',
  int: 'number',
  bigint: 'number',
  boolean: 'boolean',
  array: 'list',
  enum: 'choice',
}

export function kindOf(schema: z.ZodType): SettingKind {
  const base = layersOf(schema).at(-1) ?? schema
  return kinds[definitionOf(base).type] ?? 'text'
}

function typeOf(schema: z.ZodType, kind: SettingKind): string {
  const base = (layersOf(schema).at(-1) ?? schema) as z.ZodType & {
    readonly options?: readonly unknown[]
    readonly format?: string | null
    readonly isInt?: boolean
  }
  switch (kind) {
    case 'number':
      return base.isInt === true || base.format?.includes('int') === true ? 'whole number' : 'number'
    case 'boolean':
      return 'true or false'
    case 'list':
      return 'list, separated by commas'
    case 'choice':
      return `one of ${(base.options ?? []).join(', ')}`
    case 'text':
      return base.format === 'url' ? 'URL' : 'text'
  }
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

export function factsOf(schema: z.ZodType): SchemaFacts {
  const layers = layersOf(schema)
  const kind = kindOf(schema)
  const marks = layers.map((layer) => layer.meta() as Marks | undefined)
  const defaulted = layers.map(definitionOf).find(({ type }) => type === 'default' || type === 'prefault')
  return {
    kind,
    type: typeOf(schema, kind),
    required: !schema.safeParse(undefined).success,
    defaultText: defaulted === undefined ? undefined : textOf(defaulted.defaultValue),
    description: marks.find((mark) => mark?.description !== undefined)?.description ?? '',
    secret: marks.some((mark) => mark?.secret === true),
    environmentName: marks.find((mark) => mark?.environmentName !== undefined)?.environmentName,
  }
}
