import { apiDocuments } from '@tradewire/contracts/openapi/api-documents'
import { allRoutes } from '@tradewire/contracts/http/all'
import { gatewayOperations } from '@tradewire/contracts/http/gateway'
import { paymentDeliveryPath, paymentPagePath } from '@tradewire/contracts/http/billing'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import Fastify, { type FastifyInstance } from 'fastify'
import { beforeAll, describe, expect, it } from 'vitest'
import { gatewayService } from '#service'
import { PublicHttp } from '#transport/http/public-http.controller'

const backends = testBackends()
const someId = '01963a5e-0000-7000-8000-0000000000ff'

/** What is served and is no operation of the API: pages for people, and what providers of payments send and show. */
const besideTheApi = ['/', '/account', '/docs', ...apiDocuments.map(({ file }) => `/docs/${file}`)]
const foldersBesideTheApi = ['/assets/', '/docs/assets/', `${paymentDeliveryPath}/`, `${paymentPagePath}/`]

const operations = [...allRoutes, ...gatewayOperations]

interface Served {
  readonly method: string
  readonly url: string
}

const served: Served[] = []
let server: FastifyInstance

/** The same registration once more, on a server that writes down what is registered. */
beforeAll(async () => {
  const { app } = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
  server = Fastify()
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) served.push({ method: each, url })
  })
  await app.get(PublicHttp).register(server)
  await server.ready()
  backends.onStop(() => server.close())
})

const isBeside = ({ url }: Served): boolean =>
  besideTheApi.includes(url) || foldersBesideTheApi.some((folder) => url.startsWith(folder))

/** As Fastify writes paths. */
function urlOf({ path }: { readonly path: string }): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

async function statusOf({ method, url }: Served): Promise<number> {
  const path = url.replaceAll(/:\w+/g, someId)
  return (await server.inject({ method: method as 'GET', url: path })).statusCode
}

describe('what the gateway serves', () => {
  it('is declared, so the audit of declarations has seen it; other methods are refused', async () => {
    const known = new Set(operations.map((one) => `${one.method} ${urlOf(one)}`))
    // Fastify answers HEAD as it does GET.
    const beyond = served.filter((one) => one.method !== 'HEAD' && !isBeside(one))
    const undeclared = beyond.filter(({ method, url }) => !known.has(`${method} ${url}`))
    for (const one of undeclared) expect(await statusOf(one), `${one.method} ${one.url}`).toBe(405)
    expect(beyond.length - undeclared.length).toBeGreaterThanOrEqual(operations.length)
  })

  it('asks for a credential before anything else, but for what is declared public', async () => {
    const open = new Set(operations.flatMap((one) => (one.access === 'public' ? [urlOf(one)] : [])))
    for (const one of served) {
      if (isBeside(one) || open.has(one.url)) continue
      expect([401, 405], `${one.method} ${one.url}`).toContain(await statusOf(one))
    }
  })
})
