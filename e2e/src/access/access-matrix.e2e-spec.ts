import { join } from 'node:path'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { type Role, roles } from '@tradewire/contracts/caller'
import type { RouteContract } from '@tradewire/contracts/define-route'
import { allRoutes } from '@tradewire/contracts/http/all'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { gatewayService } from '@tradewire/gateway/service'
import { startIdentity } from '@tradewire/identity/testing/start-identity'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type ApiReply } from '#system/api-user'

const backends = testBackends()
const password = 'correct horse battery staple'
/** Held by nothing: what passes the gate finds nothing, or no service. */
const nothingsId = '01963a5e-0000-7000-8000-0000000000ff'
const requestsAtOnce = 16
let gateway: TestService
let owner: ApiUser
const people = new Map<Role, ApiUser>()

/** A user of each role alone; an owner is an operator too. */
beforeAll(async () => {
  const identity = await startIdentity(backends, {
    IDENTITY_MAIL_DIRECTORY: join(backends.directory, 'mail'),
  })
  await identity.app.get(RpcClient).ask(ensureOperator, { username: 'owner', password })
  gateway = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
  owner = await ApiUser.logIn(gateway.url, { username: 'owner', password })
  for (const role of roles) people.set(role, role === 'owner' ? owner : await newUser(role, [role]))
})

async function newUser(username: string, granted: readonly Role[]): Promise<ApiUser> {
  await owner.does('POST', '/v1/users', { username, password, roles: granted })
  return ApiUser.logIn(gateway.url, { username, password })
}

function person(role: Role): ApiUser {
  const found = people.get(role)
  if (found === undefined) throw new Error(`nobody has the role ${role}`)
  return found
}

function call(who: ApiUser, { method, path }: Pick<RouteContract, 'method' | 'path'>): Promise<ApiReply<unknown>> {
  const filled = path.replaceAll(/\{\w+\}/g, nothingsId)
  return who.asks<unknown>(method, filled, method === 'GET' || method === 'DELETE' ? undefined : {})
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += requestsAtOnce) {
    await Promise.all(items.slice(start, start + requestsAtOnce).map(work))
  }
}

/** The gate's refusal in the words of either surface; the same status may come from a service for another reason. */
function isForbidden({ status, body }: ApiReply<unknown>): boolean {
  return status === 403 && !/"(?:SESSION|PROOF|SCOPE)_NEEDED"/.test(JSON.stringify(body))
}

const guarded = allRoutes.filter(({ access }) => access !== 'public')
const granted = (role: Role): readonly Role[] => (role === 'owner' ? ['owner', 'operator'] : [role])

describe('the gate', () => {
  it('lets nobody without a credential through to any route that is not public', async () => {
    const nobody = ApiUser.nobody(gateway.url)
    await inTurns(guarded, async (route) => {
      expect((await call(nobody, route)).status, route.operation).toBe(401)
    })
  })

  it.each(roles)('lets %s through to the routes that name the role, and to no other', async (role) => {
    const who = person(role)
    // What ends the credential this test goes on with is asked in other tests.
    const asked = guarded.filter(({ operation }) => !['changePassword', 'offerSecondFactor'].includes(operation))
    await inTurns(asked, async (route) => {
      const named = granted(role).some((own) => (route.access as readonly Role[]).includes(own))
      expect(isForbidden(await call(who, route)), `${role}: ${route.operation}`).toBe(!named)
    })
  })
})

describe('the routes', () => {
  const open = (role: Role) => guarded.filter(({ access }) => (access as readonly Role[]).includes(role))

  it('that support may call read, or are about their own user', () => {
    const changing = open('support').filter(({ method }) => method !== 'GET')
    expect(changing.map(({ operation }) => operation).toSorted()).toEqual([
      'addPasskey',
      'changePassword',
      'confirmSecondFactor',
      'createApiKey',
      'offerPasskey',
      'offerSecondFactor',
      'removePasskey',
      'removeSecondFactor',
      'revokeApiKey',
      'revokeSession',
    ])
    expect(changing.every(({ scope }) => scope === 'manage')).toBe(true)
  })

  it('that an operator reads, support reads', () => {
    const read = open('operator').filter(({ method }) => method === 'GET')
    expect(read.filter(({ access }) => !access.includes('support'))).toEqual([])
  })

  it('that only owners may call give roles', () => {
    expect(open('owner').map(({ operation }) => operation)).toEqual(['changeRoles'])
  })

  it('of the admin surface are for no provider and no follower', () => {
    const admin = guarded.filter(({ form }) => form === 'admin')
    expect(admin.length).toBeGreaterThan(20)
    const open = admin.filter(({ access }) => access.includes('provider') || access.includes('follower'))
    expect(open.map(({ operation }) => operation)).toEqual([])
  })
})

describe('staff', () => {
  const codeOf = ({ status, body }: ApiReply<unknown>) =>
    status < 300 ? 'ok' : (body as { error: { code: string } }).error.code

  async function idOf(who: ApiUser): Promise<string> {
    return (await who.gets<{ id: string }>('/v1/users/me')).id
  }

  it('is made and changed by owners, not by operators', async () => {
    const operator = person('operator')
    const support = await idOf(person('support'))
    expect(codeOf(await operator.asks('POST', '/v1/users', { username: 'mine', password, roles: ['operator'] }))).toBe(
      'STAFF_IS_FOR_OWNERS',
    )
    for (const act of ['disable', 'second-factor/reset']) {
      expect(codeOf(await operator.asks('POST', `/v1/users/${support}/${act}`, {}))).toBe('STAFF_IS_FOR_OWNERS')
    }
  })

  it('has its new roles at once: sessions end, and API keys are looked up anew', async () => {
    const climber = await newUser('climber', ['operator'])
    const id = await idOf(climber)
    const { key } = await climber.does<{ key: string }>('POST', '/v1/api-keys', { name: 'k', scopes: ['read'] })
    const byKey = ApiUser.withToken(gateway.url, key)
    expect((await byKey.asks('GET', '/v1/users')).status).toBe(200)
    expect(codeOf(await owner.asks('PUT', `/v1/users/${id}/roles`, { roles: ['follower'] }))).toBe('ok')
    await eventually(async () => (await climber.asks('GET', '/v1/users')).status === 401, { describe: 'session ended' })
    await eventually(async () => (await byKey.asks('GET', '/v1/users')).status === 403, { describe: 'key follows' })
    expect((await byKey.asks('GET', '/v1/users/me')).status).toBe(200)
  })

  it('always has an owner left', async () => {
    const id = await idOf(owner)
    expect(codeOf(await owner.asks('PUT', `/v1/users/${id}/roles`, { roles: ['operator'] }))).toBe('LAST_OWNER')
    const second = await newUser('second-owner', ['owner'])
    const secondId = await idOf(second)
    const both = await Promise.all([
      owner.asks('POST', `/v1/users/${secondId}/disable`, {}),
      second.asks('POST', `/v1/users/${id}/disable`, {}),
    ])
    expect(both.map(codeOf).toSorted()).not.toEqual(['ok', 'ok'])
    const [row] = await backends.query<{ owners: number }>(
      `select count(*)::int as owners from identity.app_user where 'owner' = any (roles) and disabled_at is null`,
    )
    expect(row?.owners).toBe(1)
  })
})
