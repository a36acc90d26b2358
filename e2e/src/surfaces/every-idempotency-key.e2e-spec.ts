import { withDatabase } from '@tradewire/chaos/kit/read-history'
import type { RouteContract } from '@tradewire/contracts/define-route'
import { allRoutes } from '@tradewire/contracts/http/all'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type ApiReply } from '../system/api-user.ts'
import { documentedBody } from '../system/documented-body.ts'
import { realSystem } from '../system/real-system.ts'

/**
 * By the declarations, so that an operation that is added is asked as well. The route audit sees to it that every POST that
 * trades or bills is among them.
 */
const keyed = allRoutes.filter(({ idempotency }) => idempotency === 'key')
const system = realSystem({ processes: false, settings: { GATEWAY_RATE_LIMIT: 'false', BILLING_PROVIDERS: 'mock' } })
/** Of nothing: each operation is refused for good or finds nothing to do, which is an answer to be kept like any other. */
const nothingsIds = ['01963a5e-0000-7000-8000-0000000000fe', '01963a5e-0000-7000-8000-0000000000ff'] as const
const password = 'correct horse battery staple'

let operator: ApiUser
let tenant: ApiUser

beforeAll(() =>
  system.watched(async () => {
    const gateway = system.endpoints.gateway ?? ''
    operator = await ApiUser.logIn(gateway, system.endpoints.operator ?? { username: '', password: '' })
    await operator.does('POST', '/v1/users', { username: 'anna', password, roles: ['provider', 'follower'] })
    tenant = await ApiUser.logIn(gateway, { username: 'anna', password })
  }),
)

/** As documented, about the things of one id: another id makes it another request, if it names any. */
function requestOf(route: RouteContract, id: string): { readonly path: string; readonly body: object } {
  const body = JSON.stringify(documentedBody(route) ?? {}).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, id)
  return { path: route.path.replaceAll(/\{\w+\}/g, id), body: JSON.parse(body) as object }
}

async function ask(route: RouteContract, key: string, id: string): Promise<ApiReply<unknown>> {
  const who = route.access.includes('operator') ? operator : tenant
  const { path, body } = requestOf(route, id)
  return who.asks<unknown>(route.method, path, body, { 'idempotency-key': key })
}

/** As if the process that answered had only begun: nothing but its claim is there. */
async function takeReplyBack(): Promise<void> {
  await withDatabase(system, async (client) => {
    for (const schema of ['signals', 'orders', 'billing']) {
      await client.query(
        `update ${schema}.idempotent_request set reply = null, claimed_until = clock_timestamp() + interval '1 minute'`,
      )
    }
  })
}

describe('an Idempotency-Key', () => {
  it('is taken by the operations that trade or bill', () => {
    expect(keyed.length).toBeGreaterThanOrEqual(16)
    expect(new Set(keyed.map(({ form }) => form))).toEqual(new Set(['own', 'admin', 'marketplace']))
  })

  it.each(keyed.map((route) => [route.operation, route] as const))('is kept by %s', async (operation, route) => {
    const key = `of-${operation}`
    const first = await ask(route, key, nothingsIds[0])
    expect(first.status, JSON.stringify(first.body)).not.toBe(503)
    expect(await ask(route, key, nothingsIds[0])).toEqual(first)

    const malformed = await ask(route, 'two words', nothingsIds[0])
    expect(malformed.status).toBe(route.form === 'admin' ? 422 : 400)
    expect(JSON.stringify(malformed.body)).toContain('idempotency-key')

    const [one, another] = nothingsIds.map((id) => JSON.stringify(requestOf(route, id)))
    if (one !== another) {
      const other = await ask(route, key, nothingsIds[1])
      expect(other.status, JSON.stringify(other.body)).toBe(422)
      if (route.form !== 'admin') expect(other.body).toMatchObject({ error: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    }
    await takeReplyBack()
    const underWay = await ask(route, key, nothingsIds[0])
    expect(underWay.status, JSON.stringify(underWay.body)).toBe(409)
    if (route.form !== 'admin') expect(underWay.body).toMatchObject({ error: { code: 'REQUEST_IN_FLIGHT' } })
  })
})
