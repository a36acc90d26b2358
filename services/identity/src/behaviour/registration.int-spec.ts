import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RpcClient } from '@tradewire/bus/rpc-client'
import * as identity from '@tradewire/contracts/rpc/identity'
import * as rpc from '@tradewire/contracts/rpc/registration'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { startIdentity } from '#testing/start-identity'

const backends = testBackends()
const password = 'correct horse battery staple'
const client = { address: '192.0.2.1', userAgent: null }
const email = 'operator@mail.example'
let mailDirectory: string
let ask: RpcClient

beforeAll(async () => {
  mailDirectory = join(backends.directory, 'mail')
  const service = await startIdentity(backends, {
    IDENTITY_REGISTRATION: 'false',
    IDENTITY_MAIL_DIRECTORY: mailDirectory,
    IDENTITY_MAILS_PER_CLIENT_MAX: '4',
  })
  ask = service.app.get(RpcClient)
  await ask.ask(identity.ensureOperator, { username: 'operator', password, email })
})

describe('an installation without a mail server', () => {
  it('writes mails to files that only the owner reads, with a link that works', async () => {
    expect((await ask.ask(rpc.forgotPassword, { email, client })).ok).toBe(true)
    const name = await eventually(async () => (await readdir(mailDirectory).catch(() => []))[0], { withinMs: 15_000 })
    const path = join(mailDirectory, name)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const text = await eventually(async () => (await readFile(path, 'utf8')) || null)
    const token = /#reset=3D(\S+)|#reset=(\S+)/.exec(text.replaceAll('=\r\n', ''))?.slice(1).find(Boolean)
    const newPassword = 'a quite different pass phrase'
    expect((await ask.ask(rpc.resetPassword, { token: token ?? '', newPassword })).ok).toBe(true)
    const credentials = { username: 'operator', password: newPassword }
    const loggedIn = await ask.ask(identity.logIn, { credentials, client: { address: '192.0.2.1', userAgent: null } })
    expect(loggedIn).toMatchObject({ ok: true, value: { user: { emailVerifiedAt: expect.any(String) } } })
  })
})

describe('an installation that lets nobody register', () => {
  it('refuses it and stores nothing', async () => {
    const registration = { username: 'newcomer', email: 'newcomer@mail.example', password }
    const refused = await ask.ask(rpc.register, { registration, client })
    expect(refused).toMatchObject({ error: { code: 'REGISTRATION_OFF' } })
    expect(await backends.query('select from identity.registration')).toEqual([])
  })
})

describe('asking for mails', () => {
  it.each([
    ['an address', () => '192.0.2.77'],
    ['an IPv6 network', (n: number) => `2001:db8::${n}`],
  ])('is limited by %s that it comes from, whoever shall get them', async (_from, addressOf) => {
    const asked = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => {
        const elsewhere = { ...client, address: addressOf(n) }
        return ask.ask(rpc.forgotPassword, { email: `n${n}@mail.example`, client: elsewhere })
      }),
    )
    const codes = asked.map((result) => (result.ok ? 'ok' : result.error.code))
    expect(codes.filter((code) => code === 'ok')).toHaveLength(4)
    expect(codes.filter((code) => code === 'TOO_MANY_MAILS')).toHaveLength(2)
  })
})
