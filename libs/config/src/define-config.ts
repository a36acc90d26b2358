/**
 * Settings as one zod object per service, parsed before anything starts.
 * Called by each service's config file and by startService; defaults live in the schemas and nowhere else.
 * Must never read process.env itself nor repeat a value in an error.
 */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import type { Environment } from './environment.ts'
import { factsOf, kindOf } from './schema-facts.ts'
import { serverSettings, type ServerSettings } from './server-settings.ts'

export interface ConfigDefinition<Value = unknown> {
  readonly owner: string
  /** Empty for shared settings. */
  readonly prefix: string
  /** One schema per setting, by key. */
  readonly settings: Readonly<Record<string, z.ZodType>>
  /** The objects the settings come from; their own cross-field checks run after the single settings are right. */
  readonly objects: readonly z.ZodObject[]
  /** Only for the type: there is no value here. */
  readonly value?: Value
}

export type ConfigOf<Definition> = Definition extends ConfigDefinition<infer Value> ? Value : never

export interface ConfigRow {
  /** The environment name. */
  readonly name: string
  readonly key: string
  readonly type: string
  readonly default: string | undefined
  readonly description: string
  readonly required: boolean
  readonly secret: boolean
}

/** The type of an empty zod object forbids every key, so that it cannot stand beside the server settings. */
type OwnSettings<Shape extends z.ZodObject> = keyof Shape['shape'] extends never ? unknown : z.output<Shape>

/**
 * The settings of a service. The environment name of `httpPort` of `orders` is ORDERS_HTTP_PORT.
 * Every service has the server settings (httpPort, httpHost, databaseUrl ...) too; declaring one of them in `shape`
 * replaces it, which is how a service sets its own default port.
 */
export function defineConfig<Shape extends z.ZodObject>(
  owner: string,
  shape: Shape,
): ConfigDefinition<Omit<ServerSettings, keyof Shape['shape']> & OwnSettings<Shape>> {
  const own = Object.keys(shape.shape)
  const rest = Object.keys(serverSettings.shape).filter((key) => !own.includes(key))
  const inherited = serverSettings.pick(Object.fromEntries(rest.map((key) => [key, true])) as never)
  return definitionOf(owner, owner.toUpperCase().replaceAll('-', '_'), [shape, inherited as unknown as z.ZodObject])
}

/** Settings of something that is not a service; an empty prefix means shared names such as DATABASE_URL. */
export function defineSettings<Shape extends z.ZodObject>(
  owner: string,
  prefix: string,
  shape: Shape,
): ConfigDefinition<z.output<Shape>> {
  return definitionOf(owner, prefix, [shape])
}

function definitionOf<Value>(owner: string, prefix: string, objects: readonly z.ZodObject[]): ConfigDefinition<Value> {
  const settings = Object.assign({}, ...objects.map(({ shape }) => shape)) as Record<string, z.ZodType>
  return { owner, prefix, settings, objects }
}

/** ORDERS_HTTP_PORT for the key httpPort of the prefix ORDERS. */
export function environmentName(prefix: string, key: string): string {
  const upper = key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
  return prefix === '' ? upper : `${prefix}_${upper}`
}

/** The environment name of a setting: made of prefix and key unless its schema's meta names another. */
function nameOf(definition: ConfigDefinition, key: string): string {
  const schema = definition.settings[key]
  const special = schema === undefined ? undefined : factsOf(schema).environmentName
  return special ?? environmentName(definition.prefix, key)
}

/**
 * Parses the environment. An empty text counts as not set. `<NAME>_FILE` names a file that holds the value.
 * Throws ConfigError listing every bad setting with its name and what is wrong, never its value.
 */
export function loadConfig<Value>(definition: ConfigDefinition<Value>, environment: Environment): Value {
  const problems: ConfigProblem[] = []
  const input: Record<string, unknown> = {}
  for (const [key, schema] of Object.entries(definition.settings)) {
    const name = nameOf(definition, key)
    const read = readSetting(environment, name)
    const problem = read.problem ?? checkSetting(schema, convert(schema, read.text))
    if (problem !== undefined) problems.push({ name, problem: withoutValue(problem, read.text) })
    else input[key] = convert(schema, read.text)
  }
  if (problems.length > 0) throw new ConfigError(definition.owner, problems)
  return parseObjects(definition, input) as Value
}

function parseObjects(definition: ConfigDefinition, input: Record<string, unknown>): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const problems: ConfigProblem[] = []
  for (const object of definition.objects) {
    const keys = Object.keys(object.shape).filter((key) => input[key] !== undefined)
    const parsed = object.safeParse(Object.fromEntries(keys.map((key) => [key, input[key]])))
    if (parsed.success) Object.assign(value, parsed.data)
    else problems.push(...parsed.error.issues.map((issue) => problemOf(definition, issue)))
  }
  if (problems.length > 0) throw new ConfigError(definition.owner, problems)
  return value
}

function problemOf(definition: ConfigDefinition, issue: z.core.$ZodIssue): ConfigProblem {
  const key = String(issue.path[0] ?? '')
  return { name: key === '' ? definition.owner : nameOf(definition, key), problem: issue.message }
}

function readSetting(environment: Environment, name: string): { text?: string; problem?: string } {
  const direct = environment[name]
  if (direct !== undefined && direct !== '') return { text: direct }
  const file = environment[`${name}_FILE`]
  if (file === undefined || file === '') return {}
  try {
    return { text: readFileSync(file, 'utf8').trim() }
  } catch (cause) {
    return { problem: `the file that ${name}_FILE names cannot be read (${(cause as NodeJS.ErrnoException).code})` }
  }
}

const truthy = new Set(['true', '1', 'yes', 'on'])
const falsy = new Set(['false', '0', 'no', 'off'])
/** Shorter values may be ordinary words of a message. */
const quotedTextMinLength = 6
const NUMBER_TEXT = /^-?\d{1,15}(?:\.\d{1,9})?$/

/** Environment text as the plain value that the schema's kind wants; what cannot be converted stays text and fails. */
function convert(schema: z.ZodType, text: string | undefined): unknown {
  if (text === undefined) return undefined
  const word = text.trim().toLowerCase()
  switch (kindOf(schema)) {
    case 'number':
      return NUMBER_TEXT.test(word) ? Number(word) : text
    case 'boolean':
      return truthy.has(word) ? true : falsy.has(word) ? false : text
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    case 'choice':
    case 'text':
      return text
  }
}

/** A schema's own message may quote what it was given; the value is taken out again. */
function withoutValue(problem: string, text: string | undefined): string {
  return text === undefined || text.length < quotedTextMinLength ? problem : problem.replaceAll(text, '[hidden]')
}

function checkSetting(schema: z.ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value)
  if (parsed.success) return undefined
  const facts = factsOf(schema)
  const about = facts.description === '' ? '' : ` (${facts.description})`
  if (value === undefined) return `is required and not set: ${facts.type}${about}`
  const why = parsed.error.issues.map(({ message }) => message).join('; ')
  return `is not usable: ${why}; wanted: ${facts.type}${about}`
}

/** One row per setting, for the generated page and .env.example. Secrets come without their default. */
export function describeConfig(definition: ConfigDefinition): ConfigRow[] {
  return Object.entries(definition.settings).map(([key, schema]) => {
    const { type, defaultText, description, required, secret } = factsOf(schema)
    const name = nameOf(definition, key)
    return { name, key, type, default: secret ? undefined : defaultText, description, required, secret }
  })
}

/** Names that carry the definition's prefix but are no setting of it: most likely misspelt. */
export function unknownSettings(definition: ConfigDefinition, environment: Environment): string[] {
  if (definition.prefix === '') return []
  const known = new Set(Object.keys(definition.settings).map((key) => nameOf(definition, key)))
  return Object.keys(environment).filter(
    (name) => name.startsWith(`${definition.prefix}_`) && !known.has(name) && !known.has(name.replace(/_FILE$/, '')),
  )
}
