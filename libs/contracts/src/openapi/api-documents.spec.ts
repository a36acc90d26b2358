import { describe, expect, it } from 'vitest'
import { apiDocuments } from './api-documents.ts'
import { allRoutes } from '../http/all.ts'
import type { JsonObject } from './schemas.ts'

type Paths = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>

const pathsOf = (file: string): Paths => apiDocuments.find((one) => one.file === file)!.build()['paths'] as Paths

const { components } = apiDocuments.find((one) => one.file === 'openapi.json')!.build() as unknown as Whole

describe('the documents of the API', () => {
  it.each(['admin', 'marketplace'] as const)('name all routes of the %s surface, as the whole one has them', (form) => {
    const [paths, whole] = [pathsOf(`openapi.${form}.json`), pathsOf('openapi.json')]
    const routes = allRoutes.filter((route) => route.form === form)
    for (const { path, method } of routes) expect(paths[path]?.[method.toLowerCase()], path).toBeDefined()
    for (const [path, methods] of Object.entries(paths)) expect(whole[path]).toEqual(methods)
    expect(Object.keys(paths)).not.toContain('/v1/follows')
  })

  it('name the alerts of TradingView on the admin surface, whose document asks for them', () => {
    expect(pathsOf('openapi.admin.json')['/v1/webhook/strategy']).toBeDefined()
    expect(pathsOf('openapi.marketplace.json')['/v1/webhook/strategy']).toBeUndefined()
  })

  it('say of every parameter and of every field of a body what it is', () => {
    const unsaid = Object.entries(pathsOf('openapi.json')).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        namesUnsaid(operation as Operation).map((name) => `${method} ${path} ${name}`),
      ),
    )
    expect(unsaid).toEqual([])
  })

  it.each([
    'TradeSettings',
    'Strategy',
    'OrderLeg',
    'Bracket',
    'Explanation',
    'RefusedSignal',
    'Position',
    'OrdersOverview',
    'Trade',
    'Performance',
    'FollowerPerformance',
  ])('say of every field of %s what it is, but of ids and venues, which say it themselves', (name) => {
    expect(fieldsUnsaid(components.schemas[name]!)).toEqual([])
  })
})

interface Whole {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface Schema extends Described {
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

function fieldsUnsaid(schema: Schema): string[] {
  const own = Object.entries(schema.properties ?? {}).filter(
    ([name, field]) => name !== 'venue' && [field, ...(field.anyOf ?? [])].every(saysNothing),
  )
  const parts = [...Object.values(schema.properties ?? {}), ...(schema.anyOf ?? []), schema.items ?? {}]
  return [
    ...own.map(([name]) => name),
    ...parts.filter((part) => part !== schema && hasParts(part)).flatMap(fieldsUnsaid),
  ]
}

function hasParts({ properties, items, anyOf }: Schema): boolean {
  return properties !== undefined || items !== undefined || anyOf !== undefined
}

/** An object says what it is by its fields. */
function saysNothing({ description, $ref, format, properties }: Schema): boolean {
  return description === undefined && $ref === undefined && format !== 'uuid' && properties === undefined
}

interface Described {
  readonly description?: string
  /** The name of a schema that tells its own fields. */
  readonly $ref?: string
}

interface Operation {
  readonly parameters?: readonly (Described & { name: string; schema?: Described })[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { schema?: { properties?: Readonly<Record<string, Described>> } }>>
  }
}

function namesUnsaid({ parameters = [], requestBody }: Operation): string[] {
  const asked = parameters.map(({ name, schema, ...own }) => [name, { ...schema, ...own }])
  const fields = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
    Object.entries(schema?.properties ?? {}),
  )
  return ([...asked, ...fields] as [string, Described][]).flatMap(([name, { description, $ref }]) =>
    description === undefined && $ref === undefined ? [name] : [],
  )
}
