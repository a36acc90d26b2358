import * as http from 'node:http'
import * as rpc from '@tradewire/contracts/rpc/identity'
import { startRedis } from '@tradewire/backends/start-redis'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gatewayService } from '#service'
import { neighbours, operatorId, told } from '#testing/neighbours'
import { ScriptedService } from '#testing/scripted-service'

const sessionId = '01963a5e-0000-7000-8000-0000000000bb'
const backends = testBackends()
let gateway: TestService
let signing: CryptoKey | undefined
let publicKey: CryptoKey | undefined
const signals = new ScriptedService()

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  signing = pair.privateKey
  publicKey = pair.publicKey
  told.key = { ...(await exportJWK(pair.publicKey)), kid: 'key-1', alg: 'EdDSA', use: 'sig' }
  await signals.start()
  await startTestService(neighbours, backends)
  gateway = await startGateway({})
})

afterAll(() => signals.stop())

function startGateway(settings: Record<string, string>): Promise<TestService> {
  const { url } = signals
  return startTestService(gatewayService, backends, {
    settings: { GATEWAY_SIGNALS_URL: url, GATEWAY_BILLING_URL: url, GATEWAY_RATE_LIMIT: 'false', ...settings },
  })
}

interface TokenChanges {
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
  readonly key?: CryptoKey | Uint8Array
  readonly expiresInSeconds?: number
}

async function token({ claims = {}, header = {}, key, expiresInSeconds = 600 }: TokenChanges = {}): Promise<string> {
  const { issuer: iss, audience: aud, type: typ } = rpc.accessToken
  const now = Math.floor(Date.now() / 1_000)
  return new SignJWT({ iss, aud, sub: operatorId, sid: sessionId, roles: ['operator'], iat: now, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ, kid: 'key-1', ...header })
    .setExpirationTime(now + expiresInSeconds)
    .sign(key ?? (signing as CryptoKey))
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: { readonly error?: { readonly code: string; readonly message: string; readonly details: unknown } }
}

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  { bearer, json, at = gateway }: { bearer?: string; json?: unknown; at?: TestService } = {},
): Promise<Answer> {
  const reply = await request(at.url + path, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  })
  const text = await reply.body.text()
  return { status: reply.statusCode, headers: reply.headers, body: text === '' ? {} : JSON.parse(text) }
}

const newUser = { username: 'johndoe', password: 'correct horse battery staple', roles: ['follower'] }

describe('access tokens at the gateway', () => {
  it('open the routes of their roles', async () => {
    const { status, body } = await call('POST', '/v1/users', { bearer: await token(), json: newUser })
    expect(status).toBe(201)
    expect(body).toMatchObject({ username: 'johndoe', email: null })
  })

  it('are refused with 401 in every forged or stale form', async () => {
    const { key: jwk } = told
    const other = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${(await token()).split('.')[1]}.`
    const spki = new TextEncoder().encode(await exportSPKI(publicKey as CryptoKey))
    const raw = new TextEncoder().encode(jwk?.x ?? '')
    const forged = {
      missing: undefined,
      garbage: 'not-a-token',
      'alg none': unsigned,
      'HS256 with the public key as secret': await token({ header: { alg: 'HS256' }, key: spki }),
      'HS256 with the raw public key': await token({ header: { alg: 'HS256' }, key: raw }),
      'another key under our id': await token({ key: other.privateKey }),
      'an unknown key id': await token({ header: { kid: 'key-9' } }),
      'no key id': await token({ header: { kid: undefined } }),
      'another audience': await token({ claims: { aud: 'someone-else' } }),
      'another issuer': await token({ claims: { iss: 'someone-else' } }),
      'another type of token': await token({ header: { typ: 'JWT' } }),
      'no session': await token({ claims: { sid: undefined } }),
      'a role that does not exist': await token({ claims: { roles: ['root'] } }),
      expired: await token({ expiresInSeconds: -30 }),
    }
    for (const [form, bearer] of Object.entries(forged)) {
      const { status, headers, body } = await call('GET', '/v1/users', bearer === undefined ? {} : { bearer })
      expect(status, form).toBe(401)
      expect(body.error?.code, form).toBe('UNAUTHENTICATED')
      expect(headers['www-authenticate'], form).toBe('Bearer')
    }
  })

  it('of other roles are refused with 403', async () => {
    const bearer = await token({ claims: { roles: ['follower'] } })
    const { status, body } = await call('POST', '/v1/users', { bearer, json: newUser })
    expect(status).toBe(403)
    expect(body.error).toMatchObject({ code: 'FORBIDDEN', details: { rolesAllowed: ['operator'] } })
  })

  it('make staff when they are of a session with a fresh proof, and others by any', async () => {
    const asked = async (claims: Record<string, unknown>, role: string) => {
      const bearer = await token({ claims: { roles: ['owner', 'operator'], ...claims } })
      const { status, body } = await call('POST', '/v1/users', { bearer, json: { ...newUser, roles: [role] } })
      return body.error?.code ?? status
    }
    expect(await asked({}, 'operator')).toBe(201)
    for (const role of ['owner', 'operator', 'support']) {
      expect(await asked({ scope: 'manage' }, role)).toBe('SESSION_NEEDED')
      expect(await asked({ mfa: 1 }, role)).toBe('PROOF_NEEDED')
    }
    expect(await asked({ scope: 'manage' }, 'provider')).toBe(201)
    expect(await asked({ mfa: 1 }, 'follower')).toBe(201)
  })
})

describe('the audit log', () => {
  it('must be written before anything is changed, but holds up no exit', async () => {
    told.auditAway = true
    const bearer = await token()
    const refused = await call('POST', '/v1/users', { bearer, json: newUser })
    const exit = await call('POST', `/v1/follows/${operatorId}/close`, { bearer, json: {} })
    told.auditAway = false
    expect([refused.status, refused.body.error?.code]).toEqual([503, 'AUDIT_UNAVAILABLE'])
    // Nobody answers for orders here: the request went on to it.
    expect([exit.status, exit.body.error?.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
  })
})

describe('refusals', () => {
  it('name every bad field with 400, and unknown fields too', async () => {
    const json = { username: 'x', password: 'short', roles: [], admin: true }
    const { status, body } = await call('POST', '/v1/users', { bearer: await token(), json })
    expect(status).toBe(400)
    expect(body.error?.code).toBe('INVALID_PARAMETERS')
    expect(Object.keys(body.error?.details as object).sort()).toEqual(['admin', 'password', 'roles', 'username'])
    const query = await call('GET', '/v1/users?limit=abc', { bearer: await token() })
    expect(query.body.error).toMatchObject({ code: 'INVALID_PARAMETERS', details: { limit: ['must be a number'] } })
    const empty = await call('POST', '/v1/users', { bearer: await token(), json: {} })
    expect(empty.body.error?.details).toMatchObject({ username: ['must be given'] })
  })

  it('keep the code of the service that refused, with the status of its kind', async () => {
    const bearer = await token()
    const taken = await call('POST', '/v1/users', { bearer, json: { ...newUser, username: 'taken' } })
    expect([taken.status, taken.body.error]).toEqual([
      409,
      { code: 'NAME_TAKEN', message: 'Taken. Choose another.', details: { username: 'taken' } },
    ])
    const refused = await call('POST', '/v1/users', { bearer, json: { ...newUser, username: 'nottoday' } })
    expect([refused.status, refused.body.error?.code]).toEqual([422, 'NOT_TODAY'])
  })

  it('have one shape for unknown paths, other methods, broken JSON, other types and large bodies', async () => {
    const bearer = await token()
    const shapes = [
      [await call('GET', '/v1/nothing-here', { bearer }), 404, 'NOT_FOUND'],
      [await call('GET', '/nothing'), 404, 'NOT_FOUND'],
      [await call('PUT', '/v1/users', { bearer, json: {} }), 405, 'METHOD_NOT_ALLOWED'],
      [await call('GET', '/v1/webhook/strategy'), 405, 'METHOD_NOT_ALLOWED'],
      [await call('POST', '/v1/users', { bearer, json: '{"username": ' }), 400, 'BAD_REQUEST'],
      [await call('POST', '/v1/users', { bearer, json: { pad: 'x'.repeat(1_100_000) } }), 413, 'BODY_TOO_LARGE'],
    ] as const
    for (const [answer, status, code] of shapes) {
      expect([answer.status, answer.body.error?.code]).toEqual([status, code])
      expect(Object.keys(answer.body.error ?? {}).sort()).toEqual(['code', 'details', 'message'])
    }
    expect((await call('PUT', '/v1/users', { bearer, json: {} })).headers['allow']).toBe('POST, GET')
  })

  it('say which header to send with a body of another type', async () => {
    const headers = { authorization: `Bearer ${await token()}` }
    const reply = await request(`${gateway.url}/v1/users`, { method: 'POST', headers, body: '{}' })
    expect([reply.statusCode, await reply.body.json()]).toMatchObject([
      415,
      { error: { code: 'UNSUPPORTED_MEDIA_TYPE', message: expect.stringContaining('content-type: application/json') } },
    ])
  })

  it('say 503 and when to come back if nobody answers, and nothing of a bug but that it happened', async () => {
    const silent = await call('GET', '/v1/sessions', { bearer: await token() })
    expect([silent.status, silent.body.error?.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
    expect(Number(silent.headers['retry-after'])).toBeGreaterThan(0)
    const bug = await call('GET', '/v1/users/me', { bearer: await token() })
    expect(bug.status).toBe(503)
    expect(JSON.stringify(bug.body)).not.toContain('a bug of the double')
  })
})

describe('alerts', () => {
  const alert = '{"strategy": "61b79e6d-7e22-4f91-b508-ef5be6a21419",\n\t"secret":"ß", "takeProfit": NaN }'
  const send = (type: string) => {
    const headers = { 'content-type': type, 'x-forwarded-for': '203.0.113.9' }
    return request(`${gateway.url}/v1/webhook/strategy`, { method: 'POST', headers, body: alert })
  }

  it('reach signals byte for byte, whatever they say they are, and its answer comes back as it is', async () => {
    signals.answer = () => ({ status: 422, type: 'application/json', body: '{"errors":[]}' })
    for (const type of ['application/json', 'text/plain; charset=utf-8', 'application/x-www-form-urlencoded']) {
      signals.received = []
      const reply = await send(type)
      expect([reply.statusCode, await reply.body.text()]).toEqual([422, '{"errors":[]}'])
      // What the sender claims to be is not passed on.
      const headers = expect.objectContaining({ 'content-type': type, 'x-forwarded-for': '127.0.0.1' })
      expect(signals.received).toEqual([expect.objectContaining({ body: Buffer.from(alert), headers })])
    }
  })

  it.each(['', 'json', 'text', 'application/json,text/plain'])('reach signals although %j is no type', async (type) => {
    signals.received = []
    const reply = await send(type)
    expect([reply.statusCode, await reply.body.text()]).toEqual([422, '{"errors":[]}'])
    expect(signals.received.map(({ body }) => body.toString())).toEqual([alert])
  })

  it('get 503 in time when signals does not answer, and at once when it is away', async () => {
    signals.answer = undefined
    const began = performance.now()
    const slow = await call('POST', '/v1/webhook/strategy', { json: alert })
    expect([slow.status, slow.body.error?.code]).toEqual([503, 'ALERTS_UNAVAILABLE'])
    expect(performance.now() - began).toBeLessThan(3_000)
    const lonely = await startGateway({ GATEWAY_SIGNALS_URL: 'http://127.0.0.1:9' })
    const from = performance.now()
    const away = await call('POST', '/v1/webhook/strategy', { json: alert, at: lonely })
    expect([away.status, Number(away.headers['retry-after']) > 0]).toEqual([503, true])
    expect(performance.now() - from).toBeLessThan(500)
    await lonely.stop()
  })
})

describe('deliveries of payment providers', () => {
  it('reach billing also when their sender asks first whether it may send them', async () => {
    signals.received = []
    signals.answer = () => ({ status: 200, type: 'application/json', body: '{}' })
    const headers = { 'content-type': 'application/json', expect: '100-continue' }
    const status = await new Promise((resolve, reject) => {
      const sent = http.request(`${gateway.url}/v1/webhook/payments/stripe`, { method: 'POST', headers })
      sent.on('continue', () => sent.end('{"id":"evt_1"}')).on('error', reject)
      sent.on('response', (reply) => resolve(reply.resume().statusCode)).flushHeaders()
    })
    expect(status).toBe(200)
    expect(signals.received.map(({ body }) => body.toString())).toEqual(['{"id":"evt_1"}'])
  })
})

describe('rate limits', () => {
  const limits = {
    GATEWAY_RATE_LIMIT: 'true',
    GATEWAY_RATE_AUTHENTICATED_PER_MINUTE: '5',
    GATEWAY_RATE_ANONYMOUS_PER_MINUTE: '3',
  }
  const json = { credentials: 'none' }

  it('count together in Redis, by user and by address, and never count alerts', async () => {
    const redis = await startRedis({})
    const both = await Promise.all([1, 2].map(() => startGateway({ ...limits, REDIS_URL: redis.url })))
    const statuses: number[] = []
    for (let round = 0; round < 4; round += 1) {
      for (const at of both) statuses.push((await call('POST', '/v1/auth/login', { json, at })).status)
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(3)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
    const bearer = await token()
    const mine = await Promise.all(
      Array.from({ length: 8 }, () => call('POST', '/v1/users', { bearer, json: newUser, at: both[0]! })),
    )
    expect(mine.filter(({ status }) => status === 201)).toHaveLength(5)
    const refused = mine.find(({ status }) => status === 429)
    expect(refused?.body.error?.code).toBe('RATE_LIMITED')
    expect(refused?.headers).toMatchObject({ 'ratelimit-limit': '5', 'ratelimit-remaining': '0' })
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
    signals.answer = () => ({ status: 200, type: 'application/json', body: '{}' })
    for (let round = 0; round < 8; round += 1) {
      expect((await call('POST', '/v1/webhook/strategy', { json: {}, at: both[0]! })).status).toBe(200)
    }
    await Promise.all(both.map((service) => service.stop()))
    await redis.stop()
  })

  it('go on locally while Redis is away', async () => {
    const at = await startGateway({ ...limits, REDIS_URL: 'redis://127.0.0.1:9' })
    const statuses: number[] = []
    for (let round = 0; round < 5; round += 1)
      statuses.push((await call('POST', '/v1/auth/register', { json, at })).status)
    expect(statuses).toEqual([400, 400, 400, 429, 429])
    await at.stop()
  })

  it('close what a password or a code could be guessed by while Redis is away, and nothing else', async () => {
    const at = await startGateway({ ...limits, REDIS_URL: 'redis://127.0.0.1:9' })
    const bearer = await token()
    for (const path of ['/v1/auth/login', '/api/v1/auth/login/', '/v1/oauth/token', '/v1/auth/refresh']) {
      const refused = await call('POST', path, { json, at })
      expect([path, refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([path, 503, true])
    }
    const code = { code: '123456' }
    const confirmed = await call('POST', '/v1/users/me/second-factor/confirm', { bearer, json: code, at })
    expect(confirmed).toMatchObject({ status: 503, body: { error: { code: 'COUNT_UNKNOWN' } } })
    expect((await call('POST', '/v1/users', { bearer, json: newUser, at })).status).toBe(201)
    await at.stop()
  })

  it('let users with a premium plan ask more often, and go on by what was known when billing is silent', async () => {
    const redis = await startRedis({})
    const at = await startGateway({ ...limits, GATEWAY_RATE_PREMIUM_PER_MINUTE: '20', REDIS_URL: redis.url })
    told.premiumUsers.add(operatorId)
    const bearer = await token()
    const limitShown = async () => {
      const { headers } = await call('POST', '/v1/users', { bearer, json: newUser, at })
      return headers['ratelimit-limit']
    }
    expect(await limitShown()).toBe('20')
    const all = await Promise.all(
      Array.from({ length: 30 }, () => call('POST', '/v1/users', { bearer, json: newUser, at })),
    )
    expect(all.filter(({ status }) => status === 201)).toHaveLength(19)
    told.premiumUsers.clear()
    await at.stop()
    await redis.stop()
  })
})

describe('the surfaces that follow a document', () => {
  it('refuse another method of their paths in their own words, and say which there are', async () => {
    const bearer = await token()
    const wrong = [
      ['DELETE', '/v1/admin/subscription/list', 'GET'],
      ['PATCH', '/v1/admin/strategy/follower/01963a5e-0000-7000-8000-0000000000ff', 'POST, DELETE'],
      ['PUT', '/api/v1/strategies/', 'GET'],
      ['PUT', '/api/v1/strategies', 'GET'],
      ['GET', '/api/v1/auth/login/', 'POST'],
    ] as const
    for (const [method, path, allowed] of wrong) {
      const { status, headers, body } = await call(method, path, { bearer })
      expect([path, status, headers['allow']]).toEqual([path, 405, allowed])
      const admin = path.startsWith('/v1/admin')
      expect(body).toMatchObject(
        admin ? { message: 'This path has other methods.' } : { error: { code: 'METHOD_NOT_ALLOWED' } },
      )
      expect(Object.keys(body)).toEqual([admin ? 'message' : 'error'])
    }
  })

  it('answer in the body of the admin document: nobody, others, unknown paths, services that are silent', async () => {
    const list = '/v1/admin/account/user/list'
    const follower = await token({ claims: { roles: ['follower'] } })
    const bearer = await token()
    expect(await call('GET', list)).toMatchObject({ status: 401, body: { error: 'unauthorized' } })
    const others = await call('GET', list, { bearer: follower })
    expect([others.status, Object.keys(others.body)]).toEqual([403, ['message']])
    const unknown = await call('GET', '/v1/admin/account/users', { bearer })
    expect([unknown.status, unknown.body]).toEqual([404, { message: 'route not found' }])
    const silent = await call('GET', list, { bearer })
    expect([silent.status, Object.keys(silent.body)]).toEqual([503, ['message']])
    expect(Number(silent.headers['retry-after'])).toBeGreaterThan(0)
    const broken = await call('POST', '/v1/admin/subscription', { bearer, json: '{"name": ' })
    expect([broken.status, Object.keys(broken.body)]).toEqual([400, ['message']])
  })

  it('count with the rest, and say 429 in their own words with the time to come back', async () => {
    const redis = await startRedis({})
    const once = { GATEWAY_RATE_LIMIT: 'true', GATEWAY_RATE_AUTHENTICATED_PER_MINUTE: '1', REDIS_URL: redis.url }
    const at = await startGateway(once)
    const bearer = await token()
    expect((await call('POST', '/v1/users', { bearer, json: newUser, at })).headers['ratelimit-remaining']).toBe('0')
    for (const path of ['/v1/users/me', '/v1/admin/account/user/list', '/api/v1/strategies/']) {
      const { status, headers, body } = await call('GET', path, { bearer, at })
      expect([path, status, headers['ratelimit-limit'], headers['ratelimit-remaining']]).toEqual([path, 429, '1', '0'])
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
      expect(Number(headers['ratelimit-reset'])).toBeGreaterThan(0)
      if (path.startsWith('/v1/admin')) expect(Object.keys(body)).toEqual(['message'])
      else expect(body.error).toMatchObject({ code: 'RATE_LIMITED', message: expect.any(String) })
    }
    await at.stop()
    await redis.stop()
  })
})
