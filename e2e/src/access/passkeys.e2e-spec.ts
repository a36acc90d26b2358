import { RpcClient } from '@tradewire/bus/rpc-client'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { gatewayService } from '@tradewire/gateway/service'
import { startIdentity } from '@tradewire/identity/testing/start-identity'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { generateSync } from 'otplib'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type ApiFailure, type ApiReply } from '#system/api-user'
import { type MakingOptions, type ProvingOptions, SoftwareAuthenticator } from '#system/software-authenticator'

const backends = testBackends()
const password = 'correct horse battery staple'
const origin = 'https://trade.example'
let gateway: TestService
let owner: ApiUser
let nobody: ApiUser

interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

beforeAll(async () => {
  const identity = await startIdentity(backends, {
    IDENTITY_PUBLIC_URL: origin,
  })
  await identity.app.get(RpcClient).ask(ensureOperator, { username: 'owner', password })
  gateway = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
  owner = await ApiUser.logIn(gateway.url, { username: 'owner', password })
  nobody = ApiUser.nobody(gateway.url)
})

function codeOf({ status, body }: ApiReply<unknown>): string {
  return status < 300 ? 'ok' : (body as ApiFailure).error.code
}

async function newUser(username: string): Promise<ApiUser> {
  await owner.does('POST', '/v1/users', { username, password, roles: ['follower'] })
  return ApiUser.logIn(gateway.url, { username, password })
}

const offer = (user: ApiUser) => user.does<MakingOptions>('POST', '/v1/users/me/passkeys/offer', {})
const challenge = () => nobody.does<ProvingOptions>('POST', '/v1/auth/passkey-challenge', {})

function add(user: ApiUser, credential: object): Promise<ApiReply<ApiFailure>> {
  return user.asks('POST', '/v1/users/me/passkeys', { name: 'phone', credential })
}

function logIn(username: string, proof: object = {}): Promise<ApiReply<Pair>> {
  return nobody.asks<Pair>('POST', '/v1/auth/login', { username, password, ...proof })
}

async function withPasskey(username: string, authenticator = new SoftwareAuthenticator(origin)) {
  const user = await newUser(username)
  expect(codeOf(await add(user, authenticator.make(await offer(user))))).toBe('ok')
  return { user, authenticator }
}

describe('a passkey', () => {
  it.each(['ES256', 'EdDSA'] as const)('of %s is asked for at log-in, and opens it', async (algorithm) => {
    const username = `by-${algorithm.toLowerCase()}`
    const { authenticator } = await withPasskey(username, new SoftwareAuthenticator(origin, algorithm))
    expect(codeOf(await logIn(username))).toBe('SECOND_FACTOR_NEEDED')
    const { status, body } = await logIn(username, { passkey: authenticator.prove(await challenge()) })
    expect(status).toBe(200)
    const user = ApiUser.withToken(gateway.url, body.accessToken)
    expect(await user.gets('/v1/users/me')).toMatchObject({ username, secondFactor: true })
    expect(await user.gets('/v1/users/me/passkeys')).toMatchObject({
      items: [{ name: 'phone', backedUp: false, lastUsedAt: expect.any(String) }],
    })
  })

  it('takes each challenge once, and none that was not ours or is too old', async () => {
    const { authenticator } = await withPasskey('replayed')
    const given = await challenge()
    const passkey = authenticator.prove(given)
    expect(codeOf(await logIn('replayed', { passkey }))).toBe('ok')
    expect(codeOf(await logIn('replayed', { passkey }))).toBe('PASSKEY_INVALID')
    expect(codeOf(await logIn('replayed', { passkey: authenticator.prove(given) }))).toBe('PASSKEY_INVALID')
    const invented = { ...given, challenge: Buffer.alloc(32, 1).toString('base64url') }
    expect(codeOf(await logIn('replayed', { passkey: authenticator.prove(invented) }))).toBe('PASSKEY_INVALID')
    const old = await challenge()
    await backends.query(`update identity.passkey_challenge set expires_at = expires_at - interval '5 minutes'`)
    expect(codeOf(await logIn('replayed', { passkey: authenticator.prove(old) }))).toBe('PASSKEY_INVALID')
  })

  it('is refused from another page, for another domain, of another user, and altered', async () => {
    const { authenticator } = await withPasskey('mine')
    const { authenticator: theirs } = await withPasskey('theirs')
    authenticator.origin = 'https://evil.example'
    const phished = authenticator.prove(await challenge())
    authenticator.origin = origin
    const refused = [
      phished,
      authenticator.prove({ ...(await challenge()), rpId: 'evil.example' }),
      theirs.prove(await challenge()),
    ]
    for (const passkey of refused) expect(codeOf(await logIn('mine', { passkey }))).toBe('PASSKEY_INVALID')
    const proof = authenticator.prove(await challenge())
    const signature = Buffer.from(proof.response.signature, 'base64url')
    signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1)
    const altered = { ...proof, response: { ...proof.response, signature: signature.toString('base64url') } }
    expect(codeOf(await logIn('mine', { passkey: altered }))).toBe('PASSKEY_INVALID')
    expect(codeOf(await logIn('mine', { passkey: authenticator.prove(await challenge()) }))).toBe('ok')
  })

  it('whose count goes back is a copy, and refused', async () => {
    const { authenticator } = await withPasskey('copied')
    authenticator.counter = 41
    expect(codeOf(await logIn('copied', { passkey: authenticator.prove(await challenge()) }))).toBe('ok')
    authenticator.counter = 10
    expect(codeOf(await logIn('copied', { passkey: authenticator.prove(await challenge()) }))).toBe('PASSKEY_INVALID')
  })

  it('is kept only for the user whose challenge it answers, and once', async () => {
    const { user, authenticator } = await withPasskey('careful')
    const other = await newUser('stranger')
    const fresh = await proven('careful', authenticator)
    expect(codeOf(await add(fresh, new SoftwareAuthenticator(origin).make(await offer(other))))).toBe('PASSKEY_INVALID')
    expect(codeOf(await add(fresh, authenticator.make(await offer(fresh))))).toBe('PASSKEY_KNOWN')
    const loginChallenge = { challenge: (await challenge()).challenge, rp: { id: 'trade.example' } }
    expect(codeOf(await add(fresh, new SoftwareAuthenticator(origin).make(loginChallenge)))).toBe('PASSKEY_INVALID')
    expect(codeOf(await user.asks('GET', '/v1/users/me/passkeys'))).toBe('ok')
  })

  it('gives the fresh proof that some routes ask for', async () => {
    const { authenticator } = await withPasskey('fresh')
    const first = await logIn('fresh', { passkey: authenticator.prove(await challenge()) })
    await backends.query(`update identity.session set proved_at = proved_at - interval '16 minutes'`)
    const refresh = async (refreshToken: string, proof: object = {}) => {
      const pair = await nobody.does<Pair>('POST', '/v1/auth/refresh', { refreshToken, ...proof })
      return { ...pair, user: ApiUser.withToken(gateway.url, pair.accessToken) }
    }
    const key = { name: 'k', scopes: ['read'] }
    const stale = await refresh(first.body.refreshToken)
    expect(codeOf(await stale.user.asks('POST', '/v1/api-keys', key))).toBe('PROOF_NEEDED')
    const again = await refresh(stale.refreshToken, { passkey: authenticator.prove(await challenge()) })
    expect(codeOf(await again.user.asks('POST', '/v1/api-keys', key))).toBe('ok')
  })

  it('stands beside the codes of an app: either opens, and taking one away leaves the other', async () => {
    const { authenticator } = await withPasskey('both')
    const user = await proven('both', authenticator)
    const { secret } = await user.does<{ secret: string }>('POST', '/v1/users/me/second-factor', {})
    const codeIn = (steps: number): string =>
      generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + steps * 30 })
    await user.does('POST', '/v1/users/me/second-factor/confirm', { code: codeIn(-1) })
    expect(codeOf(await logIn('both', { code: codeIn(0) }))).toBe('ok')
    expect(codeOf(await logIn('both', { passkey: authenticator.prove(await challenge()) }))).toBe('ok')
    await user.does('POST', '/v1/users/me/second-factor/remove', { code: codeIn(1) })
    expect(codeOf(await logIn('both'))).toBe('SECOND_FACTOR_NEEDED')
    const { items } = await user.gets<{ items: { id: string }[] }>('/v1/users/me/passkeys')
    expect((await user.asks('DELETE', `/v1/users/me/passkeys/${items[0]?.id}`)).status).toBe(204)
    expect(codeOf(await logIn('both'))).toBe('ok')
  })

  it('that is lost is taken away by an operator, and another user’s by nobody else', async () => {
    const { authenticator } = await withPasskey('lost')
    const user = await proven('lost', authenticator)
    const { items } = await user.gets<{ items: { id: string }[] }>('/v1/users/me/passkeys')
    const stranger = await newUser('curious')
    expect(codeOf(await stranger.asks('DELETE', `/v1/users/me/passkeys/${items[0]?.id}`))).toBe('PASSKEY_NOT_FOUND')
    const { id } = await user.gets<{ id: string }>('/v1/users/me')
    await owner.does('POST', `/v1/users/${id}/second-factor/reset`, {})
    expect(codeOf(await logIn('lost'))).toBe('ok')
  })
})

/** Logged in with the passkey a moment ago. */
async function proven(username: string, authenticator: SoftwareAuthenticator): Promise<ApiUser> {
  const { body } = await logIn(username, { passkey: authenticator.prove(await challenge()) })
  return ApiUser.withToken(gateway.url, body.accessToken)
}
