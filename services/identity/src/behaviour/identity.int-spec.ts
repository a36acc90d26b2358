import { readFile, stat } from 'node:fs/promises'
import { hash } from '@node-rs/argon2'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import { readMessage } from '@tradewire/contracts/event-message'
import * as rpc from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf, UuidV7Source } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import type { TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { valueOf } from '@tradewire/testkit/value-of'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { AuditLog } from '#ports/audit-log.port'
import { OauthClients } from '#ports/oauth-clients.port'
import { startIdentity } from '#testing/start-identity'

const backends = testBackends()
const password = 'correct horse battery staple'
const client = { address: '192.0.2.1', userAgent: 'spec' }
let identity: TestService
let ask: RpcClient
let operator: Caller

beforeAll(async () => {
  identity = await startIdentity(backends)
  ask = identity.app.get(RpcClient)
  const made = valueOf(await ask.ask(rpc.ensureOperator, { username: 'operator', password }))
  operator = { userId: made.userId, roles: ['operator'] }
})

function codeOf(result: Result<unknown, CodedError>): string {
  return result.ok ? 'ok' : result.error.code
}

function logIn(
  username: string,
  secret = password,
  address = client.address,
): Promise<Result<rpc.TokenPair, CodedError>> {
  return ask.ask(rpc.logIn, { credentials: { username, password: secret }, client: { ...client, address } })
}

function refresh(refreshToken: string): Promise<Result<rpc.TokenPair, CodedError>> {
  return ask.ask(rpc.refreshSession, { refreshToken })
}

async function newUser(username: string): Promise<rpc.UserView> {
  const user = { username, password, roles: ['follower' as const] }
  return valueOf(await ask.ask(rpc.createUser, { caller: operator, user }))
}

async function outboxOf(name: string): Promise<Record<string, unknown>[]> {
  const rows = await backends.query<{ body: string }>('select body from identity.outbox where subject = $1', [name])
  return rows.flatMap(({ body }) => readMessage(body).events.map(({ data }) => data as Record<string, unknown>))
}

/** Moves what is stored into the past: the database's clock decides, and it cannot be set. */
function ageUses(seconds: number): Promise<unknown> {
  return backends.query(`update identity.refresh_token set used_at = used_at - $1 * interval '1 second'`, [seconds])
}

describe('the operator of a new installation', () => {
  it('is created once, whatever is asked later', async () => {
    const again = await ask.ask(rpc.ensureOperator, { username: 'other', password: 'another long password' })
    expect(valueOf(again)).toEqual({ userId: operator.userId, username: 'operator', created: false })
    const events = await outboxOf('user.created')
    expect(events.filter(({ userId }) => userId === operator.userId)).toHaveLength(1)
  })

  it('is one even when several launchers ask at once', async () => {
    const asked = Array.from({ length: 5 }, () => ask.ask(rpc.ensureOperator, { username: 'operator', password }))
    const ids = (await Promise.all(asked)).map((result) => valueOf(result).userId)
    expect(new Set(ids)).toEqual(new Set([operator.userId]))
  })
})

describe('log-in', () => {
  it('hands out an access token that the published keys confirm', async () => {
    const pair = valueOf(await logIn('OPERATOR '))
    const { keys } = valueOf(await ask.ask(rpc.getKeys, {}))
    expect(keys).toHaveLength(2)
    expect(JSON.stringify(keys)).not.toContain('"d"')
    const { payload, protectedHeader } = await jwtVerify(pair.accessToken, createLocalJWKSet({ keys }), {
      issuer: rpc.accessToken.issuer,
      audience: rpc.accessToken.audience,
      typ: rpc.accessToken.type,
      algorithms: [rpc.accessToken.algorithm],
    })
    expect(protectedHeader.kid).toBe(keys[0]?.kid)
    expect(payload).toMatchObject({ sub: operator.userId, roles: ['owner', 'operator'] })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(rpc.accessToken.lifetimeSeconds)
  })

  it('keeps its private keys in a file that only the owner reads', async () => {
    const path = identity.environment['IDENTITY_SIGNING_KEY_FILE'] ?? ''
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ keys: [{ crv: 'Ed25519' }, { crv: 'Ed25519' }] })
  })

  it('tells an unknown name and a wrong password apart neither by code nor by message', async () => {
    const [unknown, wrong] = await Promise.all([logIn('nobody'), logIn('operator', 'wrong password')])
    expect(unknown).toEqual(wrong)
    expect(codeOf(wrong)).toBe('WRONG_CREDENTIALS')
  })

  it('closes a name to an address after five wrong passwords, even for the right one, and to no other address', async () => {
    await newUser('guessed')
    const guesses = await Promise.all(Array.from({ length: 8 }, () => logIn('guessed', 'wrong password')))
    expect(guesses.map(codeOf).filter((code) => code === 'WRONG_CREDENTIALS')).toHaveLength(5)
    const late = await logIn('guessed')
    expect(late).toMatchObject({
      error: { code: 'TOO_MANY_ATTEMPTS', context: { retryAfterSeconds: expect.any(Number) } },
    })
    expect(codeOf(await logIn('guessed', password, '192.0.2.99'))).toBe('ok')
  })

  it('counts the addresses of one IPv6 network together', async () => {
    await newUser('rotated')
    const guesses: string[] = []
    for (let host = 1; host <= 6; host += 1) {
      guesses.push(codeOf(await logIn('rotated', 'wrong password', `2001:db8::${host}`)))
    }
    expect(guesses).toEqual([...Array.from({ length: 5 }, () => 'WRONG_CREDENTIALS'), 'TOO_MANY_ATTEMPTS'])
    expect(codeOf(await logIn('rotated', password, '2001:db8:0:1::1'))).toBe('ok')
  })

  it('lets the right password in as often as it comes, also many times at once', async () => {
    await newUser('popular')
    const results = await Promise.all(Array.from({ length: 12 }, () => logIn('popular')))
    expect(results.map(codeOf)).toEqual(Array.from({ length: 12 }, () => 'ok'))
  })

  it('forgets wrong passwords after a right one', async () => {
    await newUser('clumsy')
    for (let round = 0; round < 3; round += 1) {
      for (let guess = 0; guess < 4; guess += 1) await logIn('clumsy', 'wrong password')
      expect(codeOf(await logIn('clumsy'))).toBe('ok')
    }
  })

  it('makes an old hash anew with the parameters of today', async () => {
    const user = await newUser('veteran')
    const hashes = (): Promise<{ password_hash: string }[]> =>
      backends.query('select password_hash from identity.app_user where id = $1', [user.id])
    const weak = await hash(password, { algorithm: 2, memoryCost: 64, timeCost: 1, parallelism: 1 })
    expect(weak).toContain('$m=64,t=1,p=1$')
    await backends.query('update identity.app_user set password_hash = $2 where id = $1', [user.id, weak])
    expect(codeOf(await logIn('veteran'))).toBe('ok')
    expect((await hashes())[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/)
    expect(codeOf(await logIn('veteran'))).toBe('ok')
  })
})

describe('refresh tokens over the wire', () => {
  it('give parallel refreshes the same successor, and end the session when one comes back after 31 seconds', async () => {
    await newUser('parallel')
    const first = valueOf(await logIn('parallel'))
    const [left, right] = (await Promise.all([refresh(first.refreshToken), refresh(first.refreshToken)])).map(valueOf)
    expect(left?.refreshToken).toBe(right?.refreshToken)
    expect(left?.refreshToken).not.toBe(first.refreshToken)
    expect(left?.refreshExpiresAt).toBe(right?.refreshExpiresAt)
    await ageUses(31)
    expect(codeOf(await refresh(first.refreshToken))).toBe('REFRESH_TOKEN_REUSED')
    expect(codeOf(await refresh(left?.refreshToken ?? ''))).toBe('REFRESH_TOKEN_INVALID')
    expect(await outboxOf('session.revoked')).toContainEqual(expect.objectContaining({ reason: 'reuse' }))
  })

  it('are not in the database as text', async () => {
    const { refreshToken } = valueOf(await logIn('operator'))
    const { refreshToken: next } = valueOf(await refresh(refreshToken))
    const rows = await backends.query<{ text: string }>(
      'select t::text || s::text as text from identity.refresh_token t join identity.session s on s.id = t.session_id',
    )
    const stored = rows.map(({ text }) => text).join('\n')
    for (const token of [refreshToken, next]) {
      expect(stored).not.toContain(token)
      expect(stored).not.toContain(Buffer.from(token).toString('hex'))
    }
  })

  it('are refused when nobody ever gave them out', async () => {
    expect(codeOf(await refresh('twr_never'))).toBe('REFRESH_TOKEN_INVALID')
  })

  it('end with their session, and logging out twice is no error', async () => {
    const { refreshToken } = valueOf(await logIn('operator'))
    for (let round = 0; round < 2; round += 1) {
      expect(codeOf(await ask.ask(rpc.logOut, { refreshToken }))).toBe('ok')
    }
    expect(codeOf(await refresh(refreshToken))).toBe('REFRESH_TOKEN_INVALID')
  })
})

describe('users and their sessions', () => {
  it('cannot share a name or an e-mail address', async () => {
    const user = { username: 'Taken', email: 'a@example.com', password, roles: ['follower' as const] }
    expect(codeOf(await ask.ask(rpc.createUser, { caller: operator, user }))).toBe('ok')
    for (const other of [
      { ...user, email: null },
      { ...user, username: 'other', email: 'A@example.com' },
    ]) {
      expect(codeOf(await ask.ask(rpc.createUser, { caller: operator, user: other }))).toBe('USERNAME_TAKEN')
    }
  })

  it('are listed page by page, each once', async () => {
    const names: string[] = []
    let nextToken: string | undefined
    do {
      const page = { limit: 2, ...(nextToken === undefined ? {} : { nextToken }) }
      const listed = valueOf(await ask.ask(rpc.listUsers, { caller: operator, page }))
      names.push(...listed.items.map(({ username }) => username))
      nextToken = listed.nextToken ?? undefined
    } while (nextToken !== undefined)
    expect(names).toContain('operator')
    expect(new Set(names).size).toBe(names.length)
  })

  it('lose all sessions when they are disabled, and cannot log in again', async () => {
    const user = await newUser('leaving')
    const pair = valueOf(await logIn('leaving'))
    const disabled = valueOf(await ask.ask(rpc.disableUser, { caller: operator, userId: user.id }))
    expect(disabled.disabledAt).not.toBeNull()
    expect(valueOf(await ask.ask(rpc.disableUser, { caller: operator, userId: user.id }))).toEqual(disabled)
    expect(codeOf(await refresh(pair.refreshToken))).toBe('REFRESH_TOKEN_INVALID')
    expect(codeOf(await logIn('leaving'))).toBe('WRONG_CREDENTIALS')
    expect((await outboxOf('user.disabled')).filter(({ userId }) => userId === user.id)).toHaveLength(1)
    expect(codeOf(await ask.ask(rpc.disableUser, { caller: operator, userId: operator.userId }))).toBe(
      'CANNOT_DISABLE_YOURSELF',
    )
  })

  it('log in again once they are enabled, with a new session', async () => {
    const user = await newUser('returning')
    const pair = valueOf(await logIn('returning'))
    await ask.ask(rpc.disableUser, { caller: operator, userId: user.id })
    const enabled = valueOf(await ask.ask(rpc.enableUser, { caller: operator, userId: user.id }))
    expect(enabled.disabledAt).toBeNull()
    expect(valueOf(await ask.ask(rpc.enableUser, { caller: operator, userId: user.id }))).toEqual(enabled)
    expect(codeOf(await refresh(pair.refreshToken))).toBe('REFRESH_TOKEN_INVALID')
    expect(codeOf(await logIn('returning'))).toBe('ok')
    expect((await outboxOf('user.enabled')).filter(({ userId }) => userId === user.id)).toHaveLength(1)
  })

  it('see and end their own sessions and nobody else’s', async () => {
    const [mine, theirs] = await Promise.all([newUser('mine'), newUser('theirs')])
    await logIn('mine')
    await logIn('theirs')
    const caller: Caller = { userId: mine.id, roles: ['follower'] }
    const other: Caller = { userId: theirs.id, roles: ['follower'] }
    const [foreign] = valueOf(await ask.ask(rpc.listSessions, { caller: other })).items
    const own = valueOf(await ask.ask(rpc.listSessions, { caller })).items
    expect(own).toHaveLength(1)
    expect(own[0]).toMatchObject({ address: client.address, userAgent: client.userAgent })
    const revoke = (sessionId = ''): Promise<Result<unknown, CodedError>> =>
      ask.ask(rpc.revokeSession, { caller, sessionId })
    expect(codeOf(await revoke(foreign?.id))).toBe('SESSION_NOT_FOUND')
    expect(codeOf(await revoke(own[0]?.id))).toBe('ok')
    expect(codeOf(await revoke(own[0]?.id))).toBe('SESSION_NOT_FOUND')
  })
})

describe('an OAuth client that is being made', () => {
  it('holds up no entry of the audit log', async () => {
    const [clients, log, ids] = [identity.app.get(OauthClients), identity.app.get(AuditLog), new UuidV7Source()]
    const userId = idOf<'User'>(operator.userId)
    const made = { id: ids.next<'OauthClient'>(), userId, name: 'spec', scopes: [] }
    const secret = { hash: Buffer.alloc(32), prefix: 'spec' }
    const act = { actId: ids.next(), kind: 'asked' as const, userId, credentialId: ids.next(), operation: 'spec' }
    await identity.app.get(Database).transact(async (tx) => {
      expect(await clients.add(tx, made, secret, 10)).toMatchObject(made)
      await log.add({ ...act, subject: {}, address: client.address, outcome: null })
    })
  })
})
