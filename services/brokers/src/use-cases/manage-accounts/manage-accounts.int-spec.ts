import { RpcClient } from '@tradewire/bus/rpc-client'
import { readMessage } from '@tradewire/contracts/event-message'
import { connectAccount, getAccount, listAccounts, testAccount, updateAccount } from '@tradewire/contracts/rpc/accounts'
import { numberOfId, UuidV7Source } from '@tradewire/kernel/ids'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { okxInstrument } from '#testing/good-replies'
import { ScriptedExchange } from '#testing/scripted-exchange'
import { brokersService } from '../../service.ts'

const backends = testBackends()
const ids = new UuidV7Source()
const credentials = { apiKey: 'key-of-okx', secret: 'secret', passphrase: 'phrase' }
let service: TestService
let caller: { readonly userId: string; readonly roles: ['follower'] }

const netMode = { acctLv: '2', posMode: 'net_mode' }
let mode: typeof netMode
/** What the venue says of the key; undefined: it fails when it is asked. */
let config: { readonly perm: string; readonly ip: string } | undefined

const venue = new ScriptedExchange(
  ({ path }) => {
    if (path.endsWith('/account/config')) {
      if (config === undefined) return { status: 503, body: '{"code":"50001","msg":"Service temporarily unavailable"}' }
      return { status: 200, body: JSON.stringify({ code: '0', msg: '', data: [{ ...config, ...mode }] }) }
    }
    const details = [{ ccy: 'USDT', cashBal: '1', availBal: '1', availEq: '1', eq: '1' }]
    const data = path.includes('/account/balance')
      ? [{ details }]
      : path.includes('/instruments')
        ? [okxInstrument]
        : []
    return { status: 200, body: JSON.stringify({ code: '0', msg: '', data }) }
  },
  () => undefined,
)

beforeAll(async () => {
  const { paperUrl } = await venue.start()
  service = await startTestService(brokersService, backends, {
    settings: { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`, BROKERS_PAPER_URL: paperUrl },
  })
})
beforeEach(() => {
  caller = { userId: ids.next(), roles: ['follower'] }
  config = { perm: 'read_only,trade', ip: '203.0.113.7,203.0.113.8' }
  mode = netMode
})
afterAll(() => venue.stop())

const rpc = () => service.app.get(RpcClient)

async function connected(): Promise<string> {
  const account = { venue: 'okx-swap', environment: 'paper', label: 'Mine', credentials } as const
  const reply = await rpc().ask(connectAccount, { caller, account })
  if (!reply.ok) throw new Error(reply.error.message)
  return reply.value.id
}

describe('what is known of the key of an account', () => {
  it('is told by the venue at the connection and shown with the account and in the list', async () => {
    const accountId = await connected()
    const key = { ipBound: true, expiresAt: null }
    expect(await rpc().ask(getAccount, { caller, accountId })).toMatchObject({ ok: true, value: { key } })
    const list = await rpc().ask(listAccounts, { caller, page: {} })
    expect(list).toMatchObject({ ok: true, value: { items: [{ id: accountId, key }] } })
  })

  it('is asked again with a test, and stays as it was where the venue does not answer', async () => {
    const accountId = await connected()
    config = { perm: 'read_only,trade', ip: '' }
    const tested = await rpc().ask(testAccount, { caller, accountId })
    expect(tested).toMatchObject({ ok: true, value: { status: 'AUTHORIZED', key: { ipBound: false } } })
    config = undefined
    const again = await rpc().ask(testAccount, { caller, accountId })
    expect(again).toMatchObject({ ok: true, value: { status: 'AUTHORIZED', key: { ipBound: false } } })
  })

  it('refuses a test where the owner has since set the account so that it cannot be traded, until that is undone', async () => {
    const accountId = await connected()
    mode = { ...netMode, posMode: 'long_short_mode' }
    const refused = await rpc().ask(testAccount, { caller, accountId })
    const setting = expect.stringContaining('net mode is needed') as string
    expect(refused).toMatchObject({ error: { code: 'ACCOUNT_SETTINGS_UNSUITABLE', context: { setting } } })
    mode = netMode
    expect(await rpc().ask(testAccount, { caller, accountId })).toMatchObject({ ok: true })
  })

  it('refuses the connection where the key may withdraw', async () => {
    config = { perm: 'read_only,trade,withdraw', ip: '203.0.113.7' }
    await expect(connected()).rejects.toThrow('The key may withdraw funds')
  })
})

/** What the others were told of it, in order. */
async function changesOf(accountId: string): Promise<(readonly [string, boolean])[]> {
  const sql = "select body from brokers.outbox where subject = 'account.changed' order by id"
  const changes = (await backends.query<{ body: string }>(sql)).flatMap(({ body }) => {
    const events = readMessage(body).events as readonly {
      data: { accountId: string; label: string; active: boolean }
    }[]
    return events.map(({ data }) => data)
  })
  return changes.filter((each) => each.accountId === accountId).map(({ label, active }) => [label, active] as const)
}

describe('an account that is asked for by its number', () => {
  it('is shown to its user, and to nobody else', async () => {
    const accountId = await connected()
    const called = String(numberOfId(accountId))
    const found = (userId: string) => rpc().ask(listAccounts, { caller: { ...caller, userId }, page: {}, called })
    expect(await found(caller.userId)).toMatchObject({ ok: true, value: { items: [{ id: accountId }] } })
    expect(await found(ids.next())).toMatchObject({ ok: true, value: { items: [] } })
    const other = await rpc().ask(listAccounts, { caller, page: {}, called: '99999999999999999999' })
    expect(other).toMatchObject({ ok: true, value: { items: [] } })
  })
})

describe('an account that its user pauses', () => {
  it('is shown as paused, stays connected and can be tested, and is told once for each change', async () => {
    const accountId = await connected()
    const change = (changes: object) => rpc().ask(updateAccount, { caller, accountId, changes })
    expect(await change({ active: false })).toMatchObject({ ok: true, value: { active: false, status: 'AUTHORIZED' } })
    expect(await change({ active: false })).toMatchObject({ ok: true, value: { active: false, label: 'Mine' } })
    const list = await rpc().ask(listAccounts, { caller, page: {} })
    expect(list).toMatchObject({ ok: true, value: { items: [{ id: accountId, active: false }] } })
    const tested = await rpc().ask(testAccount, { caller, accountId })
    expect(tested).toMatchObject({ ok: true, value: { active: false, status: 'AUTHORIZED' } })
    expect(await change({ active: true, label: 'Yours' })).toMatchObject({ ok: true, value: { active: true } })
    expect(await change({})).toMatchObject({ ok: true, value: { active: true, label: 'Yours' } })
    expect(await changesOf(accountId)).toEqual([
      ['Mine', false],
      ['Yours', true],
    ])
  })

  it('can be resumed by nobody else', async () => {
    const accountId = await connected()
    await rpc().ask(updateAccount, { caller, accountId, changes: { active: false } })
    const stranger = { ...caller, userId: ids.next() }
    const refused = await rpc().ask(updateAccount, { caller: stranger, accountId, changes: { active: true } })
    expect(refused).toMatchObject({ ok: false, error: { code: 'ACCOUNT_NOT_FOUND' } })
    expect(await rpc().ask(getAccount, { caller, accountId })).toMatchObject({ ok: true, value: { active: false } })
  })
})

describe('the label of an account', () => {
  it('is changed by its user, without a blank at its ends, and by nobody else', async () => {
    const accountId = await connected()
    const renamed = await rpc().ask(updateAccount, { caller, accountId, changes: { label: ' Savings ' } })
    expect(renamed).toMatchObject({ ok: true, value: { id: accountId, label: 'Savings', status: 'AUTHORIZED' } })
    const stranger = { ...caller, userId: ids.next() }
    const refused = await rpc().ask(updateAccount, { caller: stranger, accountId, changes: { label: 'Theirs' } })
    expect(refused).toMatchObject({ ok: false, error: { code: 'ACCOUNT_NOT_FOUND' } })
    expect(await rpc().ask(getAccount, { caller, accountId })).toMatchObject({ ok: true, value: { label: 'Savings' } })
  })
})
