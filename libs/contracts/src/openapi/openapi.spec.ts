import { describe, expect, it } from 'vitest'
import { allRoutes } from '../http/all.ts'
import { alertPath } from '../http/gateway.ts'
import { buildOpenApi } from './openapi.ts'
import { isObject, type JsonObject, type JsonValue } from './schemas.ts'

const document = buildOpenApi(allRoutes)
const paths = document['paths'] as Record<string, Record<string, JsonObject>>
const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
const alertOperation = paths[alertPath]!['post']!

function* referencesIn(value: JsonValue): Generator<string> {
  if (Array.isArray(value)) for (const member of value) yield* referencesIn(member as JsonValue)
  if (!isObject(value)) return
  for (const [key, member] of Object.entries(value)) {
    if (key === '$ref' && typeof member === 'string') yield member
    else yield* referencesIn(member)
  }
}

function resolve(reference: string): JsonValue | undefined {
  let at: JsonValue | undefined = document
  for (const token of reference.replace(/^#\//, '').split('/')) at = isObject(at) ? at[token] : undefined
  return at
}

describe('the OpenAPI document', () => {
  it('names every operation once', () => {
    const ids = operations.map((operation) => operation['operationId'])
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(allRoutes.length)
  })

  it('holds every route under its own method and path', () => {
    for (const route of allRoutes) expect(paths[route.path]?.[route.method.toLowerCase()]).toBeDefined()
    expect(new Set(allRoutes.map(({ method, path }) => `${method} ${path}`)).size).toBe(allRoutes.length)
  })

  it('points at nothing that is not there', () => {
    const references = [...referencesIn(document)]
    expect(references.length).toBeGreaterThan(20)
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([])
  })

  it('declares every parameter of every path', () => {
    for (const route of allRoutes) {
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(new Set(Object.keys(route.params.shape)), route.operation).toEqual(new Set(inPath))
    }
  })

  it('says of every operation who may call it and what refusals look like', () => {
    for (const operation of operations) {
      expect(operation['security'], JSON.stringify(operation['operationId'])).toBeDefined()
      const shown = Object.keys(operation['responses'] as JsonObject)
      // Alerts are never counted.
      expect(shown.includes('429'), JSON.stringify(operation['operationId'])).toBe(operation !== alertOperation)
    }
  })

  it('shows of every route how an unknown parameter is refused, and of one with a body how a body that cannot be read is', () => {
    for (const { method, path, operation } of allRoutes) {
      const { requestBody, responses } = paths[path]![method.toLowerCase()]!
      const shown = Object.keys(responses as JsonObject)
      const isRefused = shown.some((status) => ['400', '422'].includes(status))
      expect(isRefused, operation).toBe(true)
      if (requestBody !== undefined) expect(shown, operation).toEqual(expect.arrayContaining(['400', '413', '415']))
    }
    for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      if (operation['requestBody'] !== undefined)
        expect(Object.keys(operation['responses'] as JsonObject)).toContain('413')
    }
  })

  it('shows an alert whose every field the schema knows, and that a stored one is answered without a body', () => {
    const { content } = alertOperation['requestBody'] as { content: Record<string, { example: JsonObject }> }
    const schemas = (document['components'] as JsonObject)['schemas'] as Record<string, JsonObject>
    const known = Object.keys(schemas['Alert']?.['properties'] as JsonObject)
    expect(known).toEqual(expect.arrayContaining(Object.keys(content['application/json']!.example)))
    expect(known).toEqual(expect.arrayContaining(['takeProfit1', 'takeProfitPrice1']))
    const stored = (alertOperation['responses'] as Record<string, JsonObject>)['200']!
    expect(stored['content']).toBeUndefined()
    expect(Object.keys(stored['headers'] as JsonObject)).toEqual(['tradewire-signal-id', 'tradewire-duplicate'])
  })

  it('says of every section what it is about', () => {
    const tags = document['tags'] as { readonly name: string; readonly description?: string }[]
    expect(tags.filter(({ description }) => description === undefined)).toEqual([])
  })

  it('is the same text each time', () => {
    expect(JSON.stringify(buildOpenApi(allRoutes))).toBe(JSON.stringify(document))
  })

  it('shows an example for every JSON body', () => {
    const without = operations.flatMap((operation) => {
      const content = (operation['requestBody'] as JsonObject | undefined)?.['content'] as JsonObject | undefined
      const json = content?.['application/json'] as JsonObject | undefined
      return json !== undefined && json['example'] === undefined ? [operation['operationId']] : []
    })
    expect(without).toEqual([])
  })
})
