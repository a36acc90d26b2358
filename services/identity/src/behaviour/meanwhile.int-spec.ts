import { hash } from '@node-rs/argon2'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import * as rpc from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { testBackends } from '@tradewire/testkit/test-backends'
import { valueOf } from '@tradewire/testkit/value-of'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { PasswordHasher } from '#ports/password-hasher.port'
import { startIdentity } from '#testing/start-identity'

const backends = testBackends()
const password = 'correct horse battery staple'
const nextPassword = 'a completely different one'
const client = { address: '192.0.2.1', userAgent: 'spec' }
let ask: RpcClient
let hasher: PasswordHasher
let owner: Caller

beforeAll(async () => {
  const identity = await startIdentity(backends)
  ask = identity.app.get(RpcClient)
  hasher = identity.app.get(PasswordHasher)
  const made = valueOf(await ask.ask(rpc.ensureOperator, { username: 'owner', password }))
  owner = { userId: made.userId, roles: ['owner', 'operator'] }
})

function codeOf(result: Result<unknown, CodedError>): string {
  return result.ok ? 'ok' : result.error.code
}

async function newUser(username: string): Promise<Caller> {
  const user = { username, password, roles: ['follower' as const] }
  const { id, roles } = valueOf(await ask.ask(rpc.createUser, { caller: owner, user }))
  return { userId: id, roles }
}

function logIn(username: string, secret = password): Promise<Result<rpc.TokenPair, CodedError>> {
  return ask.ask(rpc.logIn, { credentials: { username, password: secret }, client })
}

function changePassword(caller: Caller, newPassword = nextPassword): Promise<Result<unknown, CodedError>> {
  return ask.ask(rpc.changePassword, { caller, currentPassword: password, newPassword })
}

/** What happens once the next password was found right, and before anything follows from it. */
function afterNextCheck(act: () => Promise<unknown>): void {
  const check = hasher.check.bind(hasher)
  vi.spyOn(hasher, 'check').mockImplementationOnce(async (...given) => {
    const judged = await check(...given)
    await act()
    return judged
  })
}

async function sessionsOf(caller: Caller): Promise<number> {
  return valueOf(await ask.ask(rpc.listSessions, { caller })).items.length
}

async function weakenHash({ userId }: Caller): Promise<void> {
  const weak = await hash(password, { algorithm: 2, memoryCost: 64, timeCost: 1, parallelism: 1 })
  await backends.query('update identity.app_user set password_hash = $2 where id = $1', [userId, weak])
}

describe('a log-in whose password was found right', () => {
  it('opens nothing once another password holds', async () => {
    const caller = await newUser('replaced')
    afterNextCheck(async () => valueOf(await changePassword(caller)))
    expect(codeOf(await logIn('replaced'))).toBe('WRONG_CREDENTIALS')
    expect(await sessionsOf(caller)).toBe(0)
  })

  it('does not bring the old password back by hashing it anew', async () => {
    const caller = await newUser('rehashed')
    await weakenHash(caller)
    afterNextCheck(async () => valueOf(await changePassword(caller)))
    expect(codeOf(await logIn('rehashed'))).toBe('WRONG_CREDENTIALS')
    expect(codeOf(await logIn('rehashed', nextPassword))).toBe('ok')
  })

  it('opens a session when another log-in has hashed the same password anew', async () => {
    const caller = await newUser('twice')
    await weakenHash(caller)
    afterNextCheck(async () => {
      const elsewhere = { ...client, address: '192.0.2.2' }
      valueOf(await ask.ask(rpc.logIn, { credentials: { username: 'twice', password }, client: elsewhere }))
    })
    expect(codeOf(await logIn('twice'))).toBe('ok')
    expect(await sessionsOf(caller)).toBe(2)
  })

  it('opens nothing once the user is disabled', async () => {
    const caller = await newUser('disabled')
    afterNextCheck(async () => valueOf(await ask.ask(rpc.disableUser, { caller: owner, userId: caller.userId })))
    expect(codeOf(await logIn('disabled'))).toBe('WRONG_CREDENTIALS')
    expect(await sessionsOf(caller)).toBe(0)
  })

  it('gives the roles that the user has by then', async () => {
    const { userId } = await newUser('moved')
    afterNextCheck(async () => valueOf(await ask.ask(rpc.changeRoles, { caller: owner, userId, roles: ['provider'] })))
    expect(decodeJwt(valueOf(await logIn('moved')).accessToken)['roles']).toEqual(['provider'])
  })
})

describe('a change of password whose current one was found right', () => {
  it('changes nothing once another password holds', async () => {
    const caller = await newUser('overtaken')
    afterNextCheck(async () => valueOf(await changePassword(caller)))
    expect(codeOf(await changePassword(caller, 'what the slower one wanted'))).toBe('WRONG_PASSWORD')
    expect(codeOf(await logIn('overtaken', nextPassword))).toBe('ok')
  })

  it('changes nothing once the user is disabled', async () => {
    const caller = await newUser('shut-out')
    afterNextCheck(async () => valueOf(await ask.ask(rpc.disableUser, { caller: owner, userId: caller.userId })))
    expect(codeOf(await changePassword(caller))).toBe('USER_DISABLED')
    valueOf(await ask.ask(rpc.enableUser, { caller: owner, userId: caller.userId }))
    expect(codeOf(await logIn('shut-out'))).toBe('ok')
  })
})
