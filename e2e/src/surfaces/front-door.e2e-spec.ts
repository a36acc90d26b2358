import { gatewayService } from '@tradewire/gateway/service'
import { startIdentity } from '@tradewire/identity/testing/start-identity'
import { type AuditEntry, ChainCheck } from '@tradewire/contracts/audit-chain'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { generateSync } from 'otplib'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'

const backends = testBackends()
const password = 'correct horse battery staple'
let gateway: TestService

beforeAll(async () => {
  const identity = await startIdentity(backends)
  await identity.app.get(RpcClient).ask(ensureOperator, { username: 'operator', password })
  gateway = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
})

interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

interface Reply<Body> {
  readonly status: number
  readonly body: Body
}

async function call<Body = { error: { code: string; details: unknown } }>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { bearer, json }: { bearer?: string; json?: unknown } = {},
): Promise<Reply<Body>> {
  const reply = await request(gateway.url + path, {
    method,
    headers: {
      'user-agent': 'front-door',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
  const text = await reply.body.text()
  return { status: reply.statusCode, body: (text === '' ? undefined : JSON.parse(text)) as Body }
}

async function logIn(username: string): Promise<Pair> {
  const { status, body } = await call<Pair>('POST', '/v1/auth/login', { json: { username, password } })
  expect(status).toBe(200)
  return body
}

async function newFollower(username: string): Promise<{ id: string }> {
  const { accessToken: bearer } = await logIn('operator')
  const json = { username, password, roles: ['follower'] }
  const { status, body } = await call<{ id: string }>('POST', '/v1/users', { bearer, json })
  expect(status).toBe(201)
  return body
}

describe('the front door', () => {
  it('lets a user in, keeps them in by refreshing, and lets them out', async () => {
    const first = await logIn('operator')
    const next = await call<Pair>('POST', '/v1/auth/refresh', { json: { refreshToken: first.refreshToken } })
    expect(next.status).toBe(200)
    const me = await call<{ username: string }>('GET', '/v1/users/me', { bearer: next.body.accessToken })
    expect([me.status, me.body.username]).toEqual([200, 'operator'])
    const out = await call('POST', '/v1/auth/logout', { json: { refreshToken: next.body.refreshToken } })
    expect([out.status, out.body]).toEqual([204, undefined])
    const late = await call('POST', '/v1/auth/refresh', { json: { refreshToken: next.body.refreshToken } })
    expect([late.status, late.body.error.code]).toEqual([401, 'REFRESH_TOKEN_INVALID'])
    await eventually(
      async () => (await call('GET', '/v1/users/me', { bearer: next.body.accessToken })).status === 401,
      {
        describe: 'the access token of the ended session is refused',
      },
    )
  })

  it('gives two parallel refreshes the same successor', async () => {
    const { refreshToken } = await logIn('operator')
    const refresh = (): Promise<Reply<Pair>> => call('POST', '/v1/auth/refresh', { json: { refreshToken } })
    const [left, right] = await Promise.all([refresh(), refresh()])
    expect([left.status, right.status]).toEqual([200, 200])
    expect(left.body.refreshToken).toBe(right.body.refreshToken)
  })

  it('answers a wrong password and an unknown name alike', async () => {
    const answers = await Promise.all(
      ['operator', 'nobody'].map((username) =>
        call('POST', '/v1/auth/login', { json: { username, password: 'not the password' } }),
      ),
    )
    expect(answers[0]).toEqual(answers[1])
    expect([answers[0]?.status, answers[0]?.body.error.code]).toEqual([401, 'WRONG_CREDENTIALS'])
  })

  it('keeps followers out of what is the operator’s', async () => {
    await newFollower('curious')
    const { accessToken: bearer } = await logIn('curious')
    for (const [method, path] of [
      ['GET', '/v1/users'],
      ['POST', '/v1/users'],
      ['POST', '/v1/users/01963a5e-0000-7000-8000-000000000001/disable'],
    ] as const) {
      const { status, body } = await call(method, path, { bearer, ...(method === 'POST' ? { json: {} } : {}) })
      expect([status, body.error.code], path).toEqual([403, 'FORBIDDEN'])
    }
  })

  it('shuts out a disabled user at once, with the tokens they hold', async () => {
    const { id } = await newFollower('leaver')
    const pair = await logIn('leaver')
    const { accessToken: bearer } = await logIn('operator')
    expect((await call('POST', `/v1/users/${id}/disable`, { bearer, json: {} })).status).toBe(200)
    await eventually(async () => (await call('GET', '/v1/sessions', { bearer: pair.accessToken })).status === 401, {
      describe: 'the token of the disabled user is refused',
    })
    expect((await call('POST', '/v1/auth/refresh', { json: { refreshToken: pair.refreshToken } })).status).toBe(401)
    expect((await call('POST', '/v1/auth/login', { json: { username: 'leaver', password } })).status).toBe(401)
  })

  it('shows one’s own sessions and ends them, and no other’s', async () => {
    await newFollower('owner')
    const { accessToken: bearer } = await logIn('owner')
    const { body } = await call<{ items: { id: string; userAgent: string }[] }>('GET', '/v1/sessions', { bearer })
    expect(body.items).toMatchObject([{ userAgent: 'front-door' }])
    const { accessToken: foreign } = await logIn('operator')
    const path = `/v1/sessions/${body.items[0]?.id}`
    expect((await call('DELETE', path, { bearer: foreign })).status).toBe(404)
    expect((await call('DELETE', path, { bearer })).status).toBe(204)
  })

  it('has 409, 404 and 422 in the one shape of errors', async () => {
    await newFollower('unique')
    const { accessToken: bearer } = await logIn('operator')
    const me = await call<{ id: string }>('GET', '/v1/users/me', { bearer })
    const answers = [
      await call('POST', '/v1/users', { bearer, json: { username: 'Unique', password, roles: ['follower'] } }),
      await call('POST', '/v1/users/01963a5e-0000-7000-8000-000000000001/disable', { bearer, json: {} }),
      await call('POST', `/v1/users/${me.body.id}/disable`, { bearer, json: {} }),
    ]
    expect(answers.map(({ status, body }) => [status, body.error.code])).toEqual([
      [409, 'USERNAME_TAKEN'],
      [404, 'USER_NOT_FOUND'],
      [422, 'CANNOT_DISABLE_YOURSELF'],
    ])
    for (const { body } of answers)
      expect(new Set(Object.keys(body.error))).toEqual(new Set(['code', 'details', 'message']))
  })
})

interface Key {
  readonly id: string
  readonly key: string
  readonly prefix: string
}

async function newKey(bearer: string, key: object): Promise<Key> {
  const { status, body } = await call<Key>('POST', '/v1/api-keys', { bearer, json: { name: 'reports', ...key } })
  expect(status).toBe(201)
  return body
}

describe('an API key', () => {
  it('opens what its scopes allow of its user’s roles, and never makes another key', async () => {
    await newFollower('automated')
    const { accessToken } = await logIn('automated')
    const { key, prefix } = await newKey(accessToken, { scopes: ['read'] })
    expect(key.startsWith(prefix)).toBe(true)
    const me = await call<{ username: string }>('GET', '/v1/users/me', { bearer: key })
    expect([me.status, me.body.username]).toEqual([200, 'automated'])
    const follow = '/v1/follows/01963a5e-0000-7000-8000-000000000001/close'
    const refused = [
      await call('POST', follow, { bearer: key, json: {} }),
      await call('GET', '/v1/users', { bearer: key }),
      await call('POST', '/v1/api-keys', { bearer: key, json: { name: 'more', scopes: ['manage'] } }),
    ]
    expect(refused.map(({ status, body }) => [status, body.error.code])).toEqual([
      [403, 'SCOPE_NEEDED'],
      [403, 'FORBIDDEN'],
      [403, 'SESSION_NEEDED'],
    ])
  })

  it('is listed without its text, and refused as soon as it is ended', async () => {
    await newFollower('tidy')
    const { accessToken } = await logIn('tidy')
    const { id, key } = await newKey(accessToken, { scopes: ['read'], expiresInDays: 30 })
    expect((await call('GET', '/v1/users/me', { bearer: key })).status).toBe(200)
    const { body } = await call<{ items: object[] }>('GET', '/v1/api-keys', { bearer: accessToken })
    expect(body.items).toMatchObject([{ id, scopes: ['read'], addresses: [] }])
    expect(JSON.stringify(body)).not.toContain(key)
    expect(body.items[0]).toMatchObject({ lastUsedAt: expect.any(String), expiresAt: expect.any(String) })
    const { accessToken: foreign } = await logIn('operator')
    expect((await call('DELETE', `/v1/api-keys/${id}`, { bearer: foreign })).status).toBe(404)
    expect((await call('DELETE', `/v1/api-keys/${id}`, { bearer: accessToken })).status).toBe(204)
    await eventually(async () => (await call('GET', '/v1/users/me', { bearer: key })).status === 401, {
      describe: 'the ended key is refused',
    })
  })

  it('works from its addresses alone', async () => {
    await newFollower('fenced')
    const { accessToken } = await logIn('fenced')
    const here = await newKey(accessToken, { scopes: ['read'], addresses: ['127.0.0.0/8', '::1'] })
    const elsewhere = await newKey(accessToken, { scopes: ['read'], addresses: ['192.0.2.7'] })
    expect((await call('GET', '/v1/users/me', { bearer: here.key })).status).toBe(200)
    const { status, body } = await call('GET', '/v1/users/me', { bearer: elsewhere.key })
    expect([status, body.error]).toMatchObject([401, { code: 'UNAUTHENTICATED', details: { reason: 'address' } }])
  })

  it('that nobody made is refused like a wrong token', async () => {
    const { status, body } = await call('GET', '/v1/users/me', { bearer: `twk_${'x'.repeat(43)}` })
    expect([status, body.error]).toMatchObject([401, { code: 'UNAUTHENTICATED', details: { reason: 'invalid' } }])
  })

  it('is made by a user with a second factor only after a fresh code', async () => {
    await newFollower('strict')
    const { accessToken: bearer, refreshToken } = await logIn('strict')
    const { body: offer } = await call<{ secret: string }>('POST', '/v1/users/me/second-factor', { bearer, json: {} })
    const codeIn = (steps: number): string =>
      generateSync({ secret: offer.secret, epoch: Math.floor(Date.now() / 1_000) + steps * 30 })
    const confirm = { bearer, json: { code: codeIn(0) } }
    expect((await call('POST', '/v1/users/me/second-factor/confirm', confirm)).status).toBe(200)
    const refreshed = await call<Pair>('POST', '/v1/auth/refresh', { json: { refreshToken } })
    const json = { name: 'reports', scopes: ['read'] }
    const stale = await call('POST', '/v1/api-keys', { bearer: refreshed.body.accessToken, json })
    expect([stale.status, stale.body.error.code]).toEqual([403, 'PROOF_NEEDED'])
    const proven = await call<Pair>('POST', '/v1/auth/refresh', {
      json: { refreshToken: refreshed.body.refreshToken, code: codeIn(1) },
    })
    expect((await call('POST', '/v1/api-keys', { bearer: proven.body.accessToken, json })).status).toBe(201)
  })
})

describe('the audit log', () => {
  async function wholeLog(bearer: string): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = []
    let next: string | null = ''
    while (next !== null) {
      const path: string = `/v1/audit?limit=7${next === '' ? '' : `&nextToken=${next}`}`
      const { body } = await call<{ items: AuditEntry[]; nextToken: string | null }>('GET', path, { bearer })
      entries.push(...body.items)
      next = body.nextToken
    }
    return entries
  }

  it('tells who asked for what and what became of it, in a chain that holds also under parallel acts', async () => {
    const { accessToken: bearer } = await logIn('operator')
    const names = Array.from({ length: 6 }, (_, index) => `audited-${index}`)
    await Promise.all(
      names.map((username) => call('POST', '/v1/users', { bearer, json: { username, password, roles: ['follower'] } })),
    )
    const me = await call<{ id: string }>('GET', '/v1/users/me', { bearer })
    await call('POST', `/v1/users/${me.body.id}/disable`, { bearer, json: {} })
    const log = await wholeLog(bearer)
    const check = new ChainCheck()
    check.take(log)
    expect(check.result).toEqual({ entries: log.length, head: log.at(-1)?.hash, brokenAt: null })
    expect(log.at(-2)).toMatchObject({ kind: 'asked', operation: 'disableUser', subject: { userId: me.body.id } })
    expect(log.at(-1)).toMatchObject({ kind: 'ended', outcome: 'CANNOT_DISABLE_YOURSELF', userId: me.body.id })
    expect(JSON.stringify(log)).not.toContain(password)
  })

  it('is only ever added to, whoever holds the database', async () => {
    for (const change of [
      'update identity.audit_entry set operation = $1',
      'delete from identity.audit_entry where $1 <> operation',
    ]) {
      await expect(backends.query(change, ['nothing'])).rejects.toThrow('only ever added to')
    }
  })

  it('is for operators', async () => {
    await newFollower('nosy')
    const { accessToken: bearer } = await logIn('nosy')
    expect((await call('GET', '/v1/audit', { bearer })).status).toBe(403)
  })
})

describe('the marketplace surface at the front door', () => {
  it('refuses as its document shows it, with and without a slash at the end', async () => {
    const nobody = await call('GET', '/api/v1/strategies/')
    expect([nobody.status, nobody.body.error.code]).toEqual([401, 'UNAUTHENTICATED'])
    const { accessToken: bearer } = await logIn('operator')
    for (const path of ['/api/v1/payments/create-intent/', '/api/v1/payments/create-intent']) {
      const { status, body } = await call('POST', path, { bearer, json: { currency: 'dollars' } })
      expect([status, body.error.code]).toEqual([400, 'INVALID_PARAMETERS'])
      expect(body.error.details).toEqual({
        strategy_id: ['This field is required'],
        payment_method: ['This field is required'],
        currency: ['must be a currency code such as USD'],
        billing_cycle: ['This field is required'],
      })
    }
    const nowhere = await call('GET', '/api/v1/nothing/', { bearer })
    expect([nowhere.status, nowhere.body.error.code]).toEqual([404, 'NOT_FOUND'])
  })

  it('has the limits of its document unless others are set', async () => {
    const { accessToken } = await logIn('operator')
    const limited = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'true' } })
    const strategies = `${limited.url}/api/v1/strategies/`
    const nobody = await request(strategies)
    const somebody = await request(strategies, { headers: { authorization: `Bearer ${accessToken}` } })
    await Promise.all([nobody, somebody].map(({ body }) => body.dump()))
    expect([nobody, somebody].map(({ headers }) => headers['ratelimit-limit'])).toEqual(['10', '100'])
    await limited.stop()
  })
})
