import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller, Role } from '@tradewire/contracts/caller'
import { readMessage } from '@tradewire/contracts/event-message'
import * as rpc from '@tradewire/contracts/rpc/identity'
import { createOauthClient, issueClientToken } from '@tradewire/contracts/rpc/oauth'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { eventually } from '@tradewire/testkit/eventually'
import type { TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { valueOf } from '@tradewire/testkit/value-of'
import { beforeAll, describe, expect, it } from 'vitest'
import { startIdentity } from '#testing/start-identity'

const backends = testBackends()
const password = 'correct horse battery staple'
let identity: TestService
let ask: RpcClient
let owner: Caller
let operator: Caller

beforeAll(async () => {
  identity = await startIdentity(backends)
  ask = identity.app.get(RpcClient)
  const made = valueOf(await ask.ask(rpc.ensureOperator, { username: 'owner', password }))
  owner = { userId: made.userId, roles: ['owner', 'operator'] }
  operator = { userId: await newUser('operator', 'operator'), roles: ['operator'] }
})

function codeOf(result: Result<unknown, CodedError>): string {
  return result.ok ? 'ok' : result.error.code
}

async function newUser(username: string, role: Role): Promise<string> {
  const user = { username, password, roles: [role] }
  return valueOf(await ask.ask(rpc.createUser, { caller: owner, user })).id
}

function newClient(userId: string) {
  return ask.ask(createOauthClient, { caller: operator, client: { name: 'machine', scopes: ['manage'], userId } })
}

function tokenOf({ clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string }) {
  return ask.ask(issueClientToken, { clientId, clientSecret, scopes: null })
}

async function giveRoles(userId: string, roles: Role[]): Promise<void> {
  valueOf(await ask.ask(rpc.changeRoles, { caller: owner, userId, roles }))
}

async function revokedClients(): Promise<unknown[]> {
  const rows = await backends.query<{ body: string }>('select body from identity.outbox where subject = $1', [
    'oauth-client.revoked',
  ])
  return rows.flatMap(({ body }) => readMessage(body).events.map(({ data }) => data))
}

describe('a client that an operator made for somebody else', () => {
  it.each(['owner', 'operator', 'support'] as const)('ends when they become %s, with its tokens', async (role) => {
    const userId = await newUser(`future-${role}`, 'provider')
    const client = valueOf(await newClient(userId))
    await giveRoles(userId, [role])
    expect(codeOf(await tokenOf(client))).toBe('CLIENT_INVALID')
    expect(await revokedClients()).toContainEqual({
      clientId: client.clientId,
      userId,
      revokedAt: expect.any(String),
    })
  })

  it('goes on while they are no staff', async () => {
    const userId = await newUser('provider', 'provider')
    const client = valueOf(await newClient(userId))
    await giveRoles(userId, ['follower'])
    expect(codeOf(await tokenOf(client))).toBe('ok')
  })

  it('ends when their own issuer makes them staff', async () => {
    const person = { issuer: 'https://issuer.example', subject: 'p1', name: 'outside', email: null }
    const { userId } = valueOf(await ask.ask(rpc.recogniseUser, { ...person, roles: ['provider'] }))
    const client = valueOf(await newClient(userId))
    valueOf(await ask.ask(rpc.recogniseUser, { ...person, roles: ['operator'] }))
    expect(codeOf(await tokenOf(client))).toBe('CLIENT_INVALID')
  })

  it('is not made while they become staff', async () => {
    const userId = await newUser('in-between', 'provider')
    const made = await identity.app.get(Database).transact(async (tx) => {
      await tx.query('select from app_user where id = $1 for update', [userId])
      const making = newClient(userId)
      await eventually(someoneWaits, { describe: 'the making of the client waits' })
      await tx.query(`update app_user set roles = '{owner,operator}' where id = $1`, [userId])
      return { making }
    })
    expect(codeOf(await made.making)).toBe('STAFF_IS_FOR_OWNERS')
  })
})

async function someoneWaits(): Promise<boolean> {
  return (await backends.query('select from pg_locks where not granted')).length > 0
}
