import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { gatewayService } from '@tradewire/gateway/service'
import { startIdentity } from '@tradewire/identity/testing/start-identity'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const backends = testBackends()
const password = 'correct horse battery staple'
let issuer = ''
let pool: Server
let signing: CryptoKey
let gateway: TestService

/** Publishes its keys where Cognito does. */
async function startPool(): Promise<void> {
  const pair = await generateKeyPair('RS256', { extractable: true })
  signing = pair.privateKey
  const jwk: JWK = { ...(await exportJWK(pair.publicKey)), kid: 'pool-1', alg: 'RS256', use: 'sig' }
  pool = createServer((incoming, outgoing) => {
    const known = incoming.url === '/pool/.well-known/jwks.json'
    outgoing.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify(known ? { keys: [jwk] } : {}))
  })
  await new Promise<void>((resolve) => pool.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(pool.address() as AddressInfo).port}/pool`
}

beforeAll(async () => {
  await startPool()
  const identity = await startIdentity(backends)
  await identity.app.get(RpcClient).ask(ensureOperator, { username: 'operator', password })
  const trusted = [{ issuer, audiences: ['client-1'], tokenUse: 'access', groups: { admins: 'operator' } }]
  const settings = { GATEWAY_RATE_LIMIT: 'false', GATEWAY_OIDC_ISSUERS: JSON.stringify(trusted) }
  gateway = await startTestService(gatewayService, backends, { settings })
})

afterAll(() => new Promise((resolve) => pool.close(resolve)))

async function token(claims: Record<string, unknown>, { alg = 'RS256', key = signing, iss = issuer } = {}) {
  const all = { sub: 'f3a1', client_id: 'client-1', token_use: 'access', username: 'Jane Doe', ...claims }
  return new SignJWT(all).setProtectedHeader({ alg, kid: 'pool-1' }).setIssuer(iss).setExpirationTime('5m').sign(key)
}

async function me(
  bearer: string,
): Promise<{ status: number; body: { id: string; username: string; roles: string[] } }> {
  const reply = await request(`${gateway.url}/v1/users/me`, { headers: { authorization: `Bearer ${bearer}` } })
  return { status: reply.statusCode, body: (await reply.body.json()) as never }
}

describe('a token of an issuer that the operator trusts', () => {
  it('means one user, however often and however many at once, with the roles that its groups have here', async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, async () => me(await token({}))))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1)
    expect(replies[0]?.body).toMatchObject({ roles: ['follower'], username: expect.stringMatching(/^jane-doe-/) })
    const promoted = await me(await token({ 'cognito:groups': ['admins'] }))
    expect(promoted.body).toMatchObject({ id: replies[0]?.body.id, roles: ['operator'] })
  })

  it('makes nobody of ours: neither by name nor by address', async () => {
    const { body } = await me(await token({ sub: 'stranger', username: 'operator', email: 'operator@example.com' }))
    expect(body.username).not.toBe('operator')
    expect(body.roles).toEqual(['follower'])
  })

  it('is refused in every forged or foreign form', async () => {
    const other = await generateKeyPair('RS256')
    const secret = new TextEncoder().encode('shared-secret-shared-secret-1234') as unknown as CryptoKey
    const forged = {
      'another key': await token({}, { key: other.privateKey }),
      'a shared secret': await token({}, { alg: 'HS256', key: secret }),
      'an issuer that nobody trusts': await token({}, { iss: `${issuer}-2` }),
      'meant for another client': await token({ client_id: 'client-2' }),
      'an id token': await token({ token_use: 'id' }),
    }
    for (const [form, bearer] of Object.entries(forged)) expect((await me(bearer)).status, form).toBe(401)
  })

  it('is refused once its user was disabled', async () => {
    const bearer = await token({ sub: 'leaver' })
    const { body } = await me(bearer)
    const operator = await token({ 'cognito:groups': ['admins'] })
    const headers = { authorization: `Bearer ${operator}`, 'content-type': 'application/json' }
    await request(`${gateway.url}/v1/users/${body.id}/disable`, { method: 'POST', headers, body: '{}' })
    await expect.poll(async () => (await me(bearer)).status, { timeout: 5_000 }).toBe(401)
  })
})
