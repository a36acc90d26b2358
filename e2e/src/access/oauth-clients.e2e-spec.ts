import { RpcClient } from '@tradewire/bus/rpc-client'
import { tokenRefusal, tokenReply } from '@tradewire/contracts/http/oauth'
import { accessToken, ensureOperator } from '@tradewire/contracts/rpc/identity'
import { gatewayService } from '@tradewire/gateway/service'
import { startIdentity } from '@tradewire/identity/testing/start-identity'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { decodeJwt } from 'jose'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser } from '#system/api-user'

const backends = testBackends()
const password = 'correct horse battery staple'
let gateway: TestService
let owner: ApiUser

interface Client {
  readonly clientId: string
  readonly clientSecret: string
  readonly userId: string
}

beforeAll(async () => {
  const identity = await startIdentity(backends)
  await identity.app.get(RpcClient).ask(ensureOperator, { username: 'owner', password })
  gateway = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
  owner = await ApiUser.logIn(gateway.url, { username: 'owner', password })
})

async function newUser(username: string, role = 'follower'): Promise<string> {
  return (await owner.does<{ id: string }>('POST', '/v1/users', { username, password, roles: [role] })).id
}

function newClient(userId: string, scopes = ['read']): Promise<Client> {
  return owner.does<Client>('POST', '/v1/oauth/clients', { name: 'machine', scopes, userId })
}

interface Asking {
  readonly client?: Pick<Client, 'clientId' | 'clientSecret'>
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
}

async function ask({ client, form = {}, headers = {} }: Asking) {
  const basic =
    client && Buffer.from(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`)
  const reply = await request(`${gateway.url}/v1/oauth/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(basic === undefined ? {} : { authorization: `Basic ${basic.toString('base64')}` }),
      ...headers,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  })
  return { status: reply.statusCode, headers: reply.headers, body: await reply.body.json() }
}

async function tokenOf(client: Client, form: Record<string, string> = {}): Promise<ApiUser> {
  const { status, body } = await ask({ client, form })
  expect(status).toBe(200)
  return ApiUser.withToken(gateway.url, tokenReply.parse(body).access_token)
}

async function errorOf(asking: Asking): Promise<[number, string]> {
  const { status, body } = await ask(asking)
  return [status, tokenRefusal.parse(body).error]
}

describe('a client', () => {
  it('gets a token of ours for ten minutes, by the header or by the form', async () => {
    const userId = await newUser('automated')
    const client = await newClient(userId, ['read', 'manage'])
    const byHeader = await ask({ client })
    expect(byHeader.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
    expect(byHeader.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: accessToken.lifetimeSeconds,
      scope: 'read manage',
    })
    const claims = decodeJwt(tokenReply.parse(byHeader.body).access_token)
    expect(claims).toMatchObject({ sub: userId, sid: client.clientId, roles: ['follower'], scope: 'read manage' })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(accessToken.lifetimeSeconds)
    const { clientId: client_id, clientSecret: client_secret } = client
    expect((await ask({ form: { client_id, client_secret } })).status).toBe(200)
  })

  it('acts for its user within its scopes, and never as a person who has logged in', async () => {
    const client = await newClient(await newUser('bounded'), ['read', 'trade'])
    const machine = await tokenOf(client)
    expect((await machine.gets<{ username: string }>('/v1/users/me')).username).toBe('bounded')
    const narrow = await tokenOf(client, { scope: 'read' })
    const codes = await Promise.all([
      narrow.asks('POST', '/v1/kill-switches', { scope: 'platform', mode: 'halt' }),
      machine.asks('POST', '/v1/api-keys', { name: 'more', scopes: ['manage'] }),
      machine.asks('GET', '/v1/users'),
    ])
    expect(codes.map(({ status, body }) => [status, body.error.code])).toEqual([
      [403, 'SCOPE_NEEDED'],
      [403, 'SESSION_NEEDED'],
      [403, 'FORBIDDEN'],
    ])
  })

  it('is refused in the words of the standard', async () => {
    const client = await newClient(await newUser('refused'))
    const stranger = { clientId: '01963a5e-0000-7000-8000-0000000000ff', clientSecret: client.clientSecret }
    expect(await errorOf({ client, form: { scope: 'read trade' } })).toEqual([400, 'invalid_scope'])
    expect(await errorOf({ client, form: { grant_type: 'password' } })).toEqual([400, 'unsupported_grant_type'])
    expect(await errorOf({ client, headers: { 'content-type': 'application/json' } })).toEqual([400, 'invalid_request'])
    expect(await errorOf({ client, form: { client_secret: 'twice' } })).toEqual([400, 'invalid_request'])
    const wrong = await ask({ client: { ...client, clientSecret: `${client.clientSecret}x` } })
    const unknown = await ask({ client: stranger })
    expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body])
    expect(wrong).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Basic realm="tradewire"' } })
    expect(await errorOf({ client: { ...client, clientId: 'no id at all' } })).toEqual([401, 'invalid_client'])
  })

  it('has two secrets for as long as the overlap says, and never three', async () => {
    const first = await newClient(await newUser('rotating'))
    const rotate = (overlapSeconds: number) =>
      owner.does<Client>('POST', `/v1/oauth/clients/${first.clientId}/secret`, { overlapSeconds })
    const second = await rotate(600)
    for (const client of [first, second]) expect((await ask({ client })).status).toBe(200)
    const third = await rotate(600)
    expect(await errorOf({ client: first })).toEqual([401, 'invalid_client'])
    for (const client of [second, third]) expect((await ask({ client })).status).toBe(200)
    const fourth = await rotate(0)
    for (const client of [second, third]) expect(await errorOf({ client })).toEqual([401, 'invalid_client'])
    expect((await ask({ client: fourth })).status).toBe(200)
  })

  it('is shown without its secret, stored without it, and ended with its tokens', async () => {
    const client = await newClient(await newUser('ending'))
    const machine = await tokenOf(client)
    const listed = await owner.gets<{ items: { clientId: string }[] }>('/v1/oauth/clients')
    expect(listed.items.map(({ clientId }) => clientId)).toContain(client.clientId)
    const rows = await backends.query<{ text: string }>(
      'select c::text || s::text as text from identity.oauth_client c join identity.oauth_secret s on s.client_id = c.id',
    )
    for (const shown of [JSON.stringify(listed), rows.map(({ text }) => text).join()]) {
      expect(shown).not.toContain(client.clientSecret)
    }
    expect((await owner.asks('DELETE', `/v1/oauth/clients/${client.clientId}`)).status).toBe(204)
    expect(await errorOf({ client })).toEqual([401, 'invalid_client'])
    await eventually(async () => (await machine.asks('GET', '/v1/users/me')).status === 401, {
      describe: 'the token of the ended client is refused',
    })
  })

  it('of a disabled user gets nothing more', async () => {
    const userId = await newUser('leaving')
    const client = await newClient(userId)
    await owner.does('POST', `/v1/users/${userId}/disable`, {})
    expect(await errorOf({ client })).toEqual([401, 'invalid_client'])
  })

  it('is made by operators for others than staff, and by owners for all', async () => {
    await newUser('second-operator', 'operator')
    const operator = await ApiUser.logIn(gateway.url, { username: 'second-operator', password })
    const { id: ownerId } = await owner.gets<{ id: string }>('/v1/users/me')
    const wish = { name: 'machine', scopes: ['manage'] }
    const climbing = await operator.asks('POST', '/v1/oauth/clients', { ...wish, userId: ownerId })
    expect([climbing.status, climbing.body.error.code]).toEqual([403, 'STAFF_IS_FOR_OWNERS'])
    const forOwner = await newClient(ownerId)
    const stolen = await operator.asks('POST', `/v1/oauth/clients/${forOwner.clientId}/secret`, {})
    expect([stolen.status, stolen.body.error.code]).toEqual([403, 'STAFF_IS_FOR_OWNERS'])
    expect((await operator.asks('POST', '/v1/oauth/clients', wish)).status).toBe(201)
  })
})
