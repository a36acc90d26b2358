import { describe, expect, it } from 'vitest'
import { apiDocuments } from './api-documents.ts'
import { allRoutes } from '../http/all.ts'
import type { JsonObject } from './schemas.ts'

type Paths = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>

const pathsOf = (file: string): Paths => apiDocuments.find((one) => one.file === file)!.build()['paths'] as Paths

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
})
