import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import * as rpc from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { testBackends } from '@tradewire/testkit/test-backends'
import { valueOf } from '@tradewire/testkit/value-of'
import { decodeJwt } from 'jose'
import { generateSync } from 'otplib'
import { beforeAll, describe, expect, it } from 'vitest'
import { startIdentity } from '#testing/start-identity'

const backends = testBackends()
const password = 'correct horse battery staple'
const client = { address: '192.0.2.1', userAgent: 'spec' }
let ask: RpcClient
let operator: Caller

beforeAll(async () => {
  const identity = await startIdentity(backends)
  ask = identity.app.get(RpcClient)
  const made = valueOf(await ask.ask(rpc.ensureOperator, { username: 'operator', password }))
  operator = { userId: made.userId, roles: ['operator'] }
})

function codeOf(result: Result<unknown, CodedError>): string {
  return result.ok ? 'ok' : result.error.code
}

async function newUser(username: string): Promise<Caller> {
  const user = { username, password, roles: ['follower' as const] }
  const { id, roles } = valueOf(await ask.ask(rpc.createUser, { caller: operator, user }))
  return { userId: id, roles }
}

/** The code of the database's half minute, or of one after it: each code works once. */
function codeOfApp(secret: string, stepsLater = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + stepsLater * 30 })
}

async function withFactor(username: string) {
  const caller = await newUser(username)
  const { secret } = valueOf(await ask.ask(rpc.offerSecondFactor, { caller }))
  const confirmed = await ask.ask(rpc.confirmSecondFactor, { caller, code: codeOfApp(secret) })
  return { caller, secret, recoveryCodes: valueOf(confirmed).recoveryCodes }
}

function logIn(username: string, code?: string, secret = password): Promise<Result<rpc.TokenPair, CodedError>> {
  return ask.ask(rpc.logIn, { credentials: { username, password: secret, code }, client })
}

describe('a second factor', () => {
  it('is asked for after the password once a code has confirmed it, and not before', async () => {
    const caller = await newUser('careful')
    const { secret, uri } = valueOf(await ask.ask(rpc.offerSecondFactor, { caller }))
    expect(uri).toContain('otpauth://totp/Tradewire:careful?')
    expect(codeOf(await logIn('careful'))).toBe('ok')
    expect(codeOf(await ask.ask(rpc.confirmSecondFactor, { caller, code: '000000' }))).toBe('WRONG_CODE')
    const { recoveryCodes } = valueOf(await ask.ask(rpc.confirmSecondFactor, { caller, code: codeOfApp(secret) }))
    expect(recoveryCodes).toHaveLength(10)
    expect(valueOf(await ask.ask(rpc.getMe, { caller })).secondFactor).toBe(true)
    expect(codeOf(await logIn('careful'))).toBe('SECOND_FACTOR_NEEDED')
    const pair = valueOf(await logIn('careful', codeOfApp(secret, 1)))
    expect(decodeJwt(pair.accessToken)['mfa']).toBeCloseTo(Date.now() / 1_000, -2)
  })

  it('says nothing of itself to one who does not know the password', async () => {
    await withFactor('silent')
    expect(codeOf(await logIn('silent', undefined, 'wrong password'))).toBe('WRONG_CREDENTIALS')
  })

  it('takes a code once, also when two log-ins send it together', async () => {
    const { secret } = await withFactor('once')
    const code = codeOfApp(secret, 1)
    const both = await Promise.all([logIn('once', code), logIn('once', code)])
    expect(both.map(codeOf).toSorted()).toEqual(['WRONG_CODE', 'ok'])
  })

  it('takes each recovery code once', async () => {
    const { recoveryCodes } = await withFactor('lost-phone')
    const [first = '', second = ''] = recoveryCodes
    expect(codeOf(await logIn('lost-phone', first.toLowerCase()))).toBe('ok')
    expect(codeOf(await logIn('lost-phone', first))).toBe('WRONG_CODE')
    expect(codeOf(await logIn('lost-phone', second))).toBe('ok')
  })

  it('is closed after five wrong codes, even to the right one, wherever they come from', async () => {
    const { secret } = await withFactor('guessed')
    for (let guess = 0; guess < 5; guess += 1) expect(codeOf(await logIn('guessed', '000000'))).toBe('WRONG_CODE')
    const elsewhere = { ...client, address: '198.51.100.7' }
    const credentials = { username: 'guessed', password, code: codeOfApp(secret, 1) }
    expect(codeOf(await ask.ask(rpc.logIn, { credentials, client: elsewhere }))).toBe('TOO_MANY_ATTEMPTS')
  })

  it('is proven anew by a refresh with a code, and a wrong code leaves the refresh token as it was', async () => {
    const { secret, recoveryCodes } = await withFactor('stepping-up')
    const pair = valueOf(await logIn('stepping-up', recoveryCodes[0]))
    await backends.query(`update identity.session set proved_at = proved_at - interval '1 hour'`)
    const plain = valueOf(await ask.ask(rpc.refreshSession, { refreshToken: pair.refreshToken }))
    expect(decodeJwt(plain.accessToken)['mfa']).toBeLessThan(Date.now() / 1_000 - 3_000)
    const { refreshToken } = plain
    expect(codeOf(await ask.ask(rpc.refreshSession, { refreshToken, code: '000000' }))).toBe('WRONG_CODE')
    const proven = valueOf(await ask.ask(rpc.refreshSession, { refreshToken, code: codeOfApp(secret, 1) }))
    expect(decodeJwt(proven.accessToken)['mfa']).toBeGreaterThan(Date.now() / 1_000 - 600)
  })

  it('leaves sessions from before it unproven', async () => {
    const caller = await newUser('older-session')
    const before = valueOf(await logIn('older-session'))
    expect(decodeJwt(before.accessToken)).not.toHaveProperty('mfa')
    const { secret } = valueOf(await ask.ask(rpc.offerSecondFactor, { caller }))
    valueOf(await ask.ask(rpc.confirmSecondFactor, { caller, code: codeOfApp(secret) }))
    const after = valueOf(await ask.ask(rpc.refreshSession, { refreshToken: before.refreshToken }))
    expect(decodeJwt(after.accessToken)['mfa']).toBe(0)
  })

  it('cannot be replaced while it is on, and is turned off by a code', async () => {
    const { caller, secret } = await withFactor('changing')
    expect(codeOf(await ask.ask(rpc.offerSecondFactor, { caller }))).toBe('SECOND_FACTOR_ON')
    expect(codeOf(await ask.ask(rpc.removeSecondFactor, { caller, code: '000000' }))).toBe('WRONG_CODE')
    expect(codeOf(await ask.ask(rpc.removeSecondFactor, { caller, code: codeOfApp(secret, 1) }))).toBe('ok')
    expect(codeOf(await logIn('changing'))).toBe('ok')
    expect(codeOf(await ask.ask(rpc.removeSecondFactor, { caller, code: '000000' }))).toBe('SECOND_FACTOR_OFF')
  })

  it('is turned off by an operator for one who lost it, and that ends the sessions', async () => {
    const { caller, recoveryCodes } = await withFactor('locked-out')
    const { refreshToken } = valueOf(await logIn('locked-out', recoveryCodes[0]))
    const reset = valueOf(await ask.ask(rpc.resetSecondFactor, { caller: operator, userId: caller.userId }))
    expect(reset.secondFactor).toBe(false)
    expect(codeOf(await ask.ask(rpc.refreshSession, { refreshToken }))).toBe('REFRESH_TOKEN_INVALID')
    expect(codeOf(await logIn('locked-out'))).toBe('ok')
  })

  it('is stored in a form from which neither secret nor recovery code can be read', async () => {
    const { secret, recoveryCodes } = await withFactor('sealed')
    const rows = await backends.query<{ text: string }>(
      `select f::text || coalesce((select string_agg(c::text, '') from identity.recovery_code c), '') as text
       from identity.second_factor f`,
    )
    const stored = rows.map(({ text }) => text).join()
    for (const plain of [secret, ...recoveryCodes]) expect(stored).not.toContain(plain)
  })
})

describe('a change of password', () => {
  it('needs the current one, and ends every session', async () => {
    const caller = await newUser('new-password')
    const { refreshToken } = valueOf(await logIn('new-password'))
    const next = 'a completely different one'
    const wrong = { caller, currentPassword: 'wrong password', newPassword: next }
    expect(codeOf(await ask.ask(rpc.changePassword, wrong))).toBe('WRONG_PASSWORD')
    valueOf(await ask.ask(rpc.changePassword, { ...wrong, currentPassword: password }))
    expect(codeOf(await ask.ask(rpc.refreshSession, { refreshToken }))).toBe('REFRESH_TOKEN_INVALID')
    expect(codeOf(await logIn('new-password'))).toBe('WRONG_CREDENTIALS')
    expect(codeOf(await logIn('new-password', undefined, next))).toBe('ok')
  })
})
