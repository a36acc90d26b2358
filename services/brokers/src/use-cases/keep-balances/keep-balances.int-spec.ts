import { RpcClient } from '@tradewire/bus/rpc-client'
import { connectAccount } from '@tradewire/contracts/rpc/accounts'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ScriptedExchange } from '#testing/scripted-exchange'
import { brokersService } from '../../service.ts'
import { KeepBalances } from './keep-balances.use-case.ts'

const backends = testBackends()
const clock = new ManualClock(new Date().toISOString())
const caller = { userId: new UuidV7Source().next(), roles: ['follower'] as ['follower'] }
const everyMs = 1
/** Ages of balances are looked at so often. */
const turnMs = 2_000

let isAway = false
const money = { currency: 'USD', balance: 1e4, equity: 1e4, margin: 0, freeMargin: 1e4 }
const terminal = {
  _id: 'a',
  login: '5',
  server: 'S',
  state: 'DEPLOYED',
  connectionStatus: 'CONNECTED',
  region: 'london',
}
const told = (body: unknown) => ({ status: 200, body: JSON.stringify(body) })
const venue = new ScriptedExchange(
  ({ path }) => {
    if (path.endsWith('/account-information')) return isAway ? { status: 503, body: '{}' } : told(money)
    return told(path.endsWith('/accounts/a') ? terminal : [])
  },
  () => undefined,
)

let service: TestService

beforeAll(async () => {
  const { paperUrl } = await venue.start()
  service = await startTestService(brokersService, backends, {
    clock,
    settings: { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`, BROKERS_PAPER_URL: paperUrl },
  })
  const credentials = { token: 'token', accountId: 'a' }
  const account = { venue: 'metaapi', environment: 'paper', label: 'Away', credentials } as const
  expect(await service.app.get(RpcClient).ask(connectAccount, { caller, account })).toMatchObject({ ok: true })
})
afterAll(() => venue.stop())

/** What is told of the account after its balance was read so many times, two seconds apart. */
async function statusAfter(reads: number): Promise<string | undefined> {
  for (let read = 0; read < reads; read += 1) {
    clock.advance(turnMs)
    await service.app.get(KeepBalances).execute(everyMs)
  }
  const [account] = await service.app.get(Database).query<{ status: string }>('select status from account')
  return account?.status
}

describe('an account whose venue does not answer', () => {
  it('is connected for ten seconds more, and again at the first answer', async () => {
    expect(await statusAfter(1)).toBe('AUTHORIZED')
    isAway = true
    expect(await statusAfter(5)).toBe('AUTHORIZED')
    expect(await statusAfter(1)).toBe('FAILED')
    isAway = false
    expect(await statusAfter(1)).toBe('AUTHORIZED')
    isAway = true
    expect(await statusAfter(5)).toBe('AUTHORIZED')
  })
})
