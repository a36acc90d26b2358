import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Asked, login, ScriptedMetaapi } from '#testing/scripted-metaapi'
import { told } from '#testing/scripted-terminal'
import { metaapiBroker } from './metaapi.adapter.ts'

const venue = new ScriptedMetaapi(metaapiBroker)

beforeAll(() => venue.start())
beforeEach(() => venue.reset())
afterAll(() => venue.stop())

describe('an account', () => {
  it('is made by login, password and server in one transaction, however often it is tried', async () => {
    let tries = 0
    venue.answer = ({ method, path }) => {
      if (method !== 'POST' || path !== '/users/current/accounts') return undefined
      tries += 1
      return tries === 1 ? { ...told({ message: 'wait' }, 202), headers: { 'retry-after': '1' } } : undefined
    }
    const balances = await (await venue.open(login)).balances()
    expect(balances).toMatchObject({ ok: true, value: [{ currency: 'USD', total: '10000', margin: { used: '0' } }] })
    const created = venue.asked.filter(({ method }) => method === 'POST')
    expect(created.map(({ body }) => body['login'])).toEqual(['5', '5'])
    const transactions = new Set(created.map(({ headers }) => headers['transaction-id']))
    expect([...transactions].map((text) => String(text).length)).toEqual([32])
  })

  it('is taken up where the token has it already, and started when it stands still', async () => {
    let state = 'UNDEPLOYED'
    venue.accounts = [{ _id: 'known', login: '5', server: 'Spec', state }]
    venue.answer = ({ method, path }) => {
      if (method === 'POST' && path === '/users/current/accounts/known/deploy') {
        state = 'DEPLOYED'
        return { status: 204, body: '' }
      }
      const known = { _id: 'known', login: '5', server: 'Spec', state, connectionStatus: 'CONNECTED' }
      return path === '/users/current/accounts/known' ? told(known) : undefined
    }
    expect((await (await venue.open(login)).balances()).ok).toBe(true)
    expect(venue.asked.some(({ method, path }) => method === 'POST' && path === '/users/current/accounts')).toBe(false)
  })

  it('is refused by what the venue says of login and server, and never shows the password', async () => {
    const wrong = { code: 'E_SRV_NOT_FOUND', serversByBrokers: { One: ['Other'] } }
    for (const details of ['E_AUTH', wrong]) {
      venue.answer = ({ method }) =>
        method === 'POST' ? told({ error: 'ValidationError', message: 'no', details }, 400) : undefined
      const balances = await (await venue.open(login)).balances()
      expect(balances).toMatchObject({ ok: false, error: { kind: 'auth' } })
      expect(JSON.stringify(balances)).not.toContain(login.password)
    }
    const form = metaapiBroker.credentials.safeParse({ token: 'a.b.c', login: '5' })
    expect(form.success).toBe(false)
  })
})

describe("an account behind the platform's token", () => {
  const platform = { metaapi: { environment: 'paper', token: 'p.l.a' } } as const
  const unknownToo = (asked: Asked) =>
    asked.path === '/users/current/accounts/metaapi_account_id' ? told({ error: 'NotFoundError' }, 404) : undefined

  it('is made where the id that was given is not known, and bears the proof of its password', async () => {
    venue.answer = unknownToo
    const session = await venue.openWith({ ...login, accountId: 'metaapi_account_id' }, platform)
    expect((await session.balances()).ok).toBe(true)
    expect(venue.made().map(({ headers }) => headers['auth-token'])).toEqual(['p.l.a'])
    const [{ body, headers }] = venue.made() as [Asked]
    expect(body['metadata']).toEqual({ tradewire: headers['transaction-id'] })
    expect(JSON.stringify(body['metadata'])).not.toContain(login.password)
  })

  it('is taken up by who shows its password, and by nobody else', async () => {
    venue.answer = unknownToo
    expect((await (await venue.openWith(login, platform)).balances()).ok).toBe(true)
    const [{ body }] = venue.made() as [Asked]
    venue.reset()
    venue.answer = unknownToo
    venue.accounts = [{ _id: 'made', login: '5', server: 'Spec', state: 'DEPLOYED', metadata: body['metadata'] }]
    expect((await (await venue.openWith(login, platform)).balances()).ok).toBe(true)
    expect(venue.made()).toHaveLength(0)
    expect((await (await venue.openWith({ ...login, password: 'guessed' }, platform)).balances()).ok).toBe(true)
    // The broker is asked whether the other password opens it; the one that stands there is left alone.
    expect(venue.made().map(({ body: asked }) => asked['password'])).toEqual(['guessed'])
  })

  it('is not to be had by its id alone, nor with a token that belongs elsewhere', async () => {
    expect(metaapiBroker.credentials.safeParse({ accountId: 'made' }).success).toBe(false)
    const live = { metaapi: { environment: 'live', token: 'l.i.v' } } as const
    await expect(venue.openWith(login, live)).rejects.toThrow('neither the account nor the platform has a token')
    expect(venue.asked).toEqual([])
  })
})
