import { RpcClient } from '@tradewire/bus/rpc-client'
import { readMessage } from '@tradewire/contracts/event-message'
import { connectAccount, testAccount } from '@tradewire/contracts/rpc/accounts'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Sessions } from '#ports/sessions.port'
import { binanceMarket } from '#testing/good-replies'
import { ScriptedExchange } from '#testing/scripted-exchange'
import { brokersService } from '../../service.ts'
import { WarnOfKeys } from './warn-of-keys.use-case.ts'

const backends = testBackends()
const ids = new UuidV7Source()
const hourMs = 3_600_000
const caller = { userId: ids.next(), roles: ['follower' as const] }
let service: TestService
let accountId: string
let expiresMs: number | undefined

const exchangeInfo = { rateLimits: [], exchangeFilters: [], symbols: [binanceMarket] }
const venue = new ScriptedExchange(
  ({ path }) => {
    if (!path.includes('/account/apiRestrictions')) {
      const body = path.includes('exchangeInfo') ? exchangeInfo : { balances: [] }
      return { status: 200, body: JSON.stringify(body) }
    }
    const restrictions = { enableWithdrawals: false, tradingAuthorityExpirationTime: expiresMs }
    return { status: 200, body: JSON.stringify(restrictions) }
  },
  () => undefined,
)

beforeAll(async () => {
  const { paperUrl } = await venue.start()
  service = await startTestService(brokersService, backends, {
    settings: { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`, BROKERS_PAPER_URL: paperUrl },
  })
})
afterAll(() => venue.stop())

function endsIn(hours: number): void {
  expiresMs = Date.now() + hours * hourMs
}

/** Titles of the notices about the account, oldest first. */
async function told(): Promise<string[]> {
  const rows = await backends.query<{ body: string }>(
    "select body from brokers.outbox where subject = 'notice.raised' order by id",
  )
  const events = rows.flatMap(
    ({ body }) => readMessage(body).events as readonly { data: { accountId: string; title: string } }[],
  )
  return events.filter(({ data }) => data.accountId === accountId).map(({ data }) => data.title)
}

const look = () => service.app.get(WarnOfKeys).execute()
const retest = () => service.app.get(RpcClient).ask(testAccount, { caller, accountId })

beforeEach(async () => {
  endsIn(30 * 24)
  const account = { venue: 'binance-spot', environment: 'paper', label: 'Main' } as const
  const credentials = { apiKey: 'key-of-binance-spot', secret: 'secret' }
  const connected = await service.app
    .get(RpcClient)
    .ask(connectAccount, { caller, account: { ...account, credentials } })
  if (!connected.ok) throw new Error(connected.error.message)
  accountId = connected.value.id
  await eventually(() => service.app.get(Sessions).known(accountId), { describe: 'the session' })
})

const week = 'The key of your binance-spot account ends within 7 days'
const day = 'The key of your binance-spot account ends within a day'

describe('the owner of an account whose key ends', () => {
  it('is told a week before and a day before, once each', async () => {
    await look()
    expect(await told()).toEqual([])
    endsIn(6 * 24)
    await retest()
    await look()
    await look()
    expect(await told()).toEqual([week])
    await service.app.get(RpcClient).ask(testAccount, { caller, accountId })
    await look()
    expect(await told()).toEqual([week])
    endsIn(20)
    await retest()
    await look()
    await look()
    expect(await told()).toEqual([week, day])
  })

  it('is told by the nearer end alone when the account is connected late', async () => {
    endsIn(5)
    await retest()
    await look()
    await look()
    expect(await told()).toEqual([day])
  })

  it('is not told of a key that the venue has given more time meanwhile, and is told of its new end', async () => {
    endsIn(6 * 24)
    await retest()
    endsIn(90 * 24)
    await look()
    expect(await told()).toEqual([])
    endsIn(3 * 24)
    await retest()
    await look()
    expect(await told()).toEqual([week])
  })

  it('is not told of a key that has ended already: the venue says so itself', async () => {
    endsIn(-1)
    await retest()
    await look()
    expect(await told()).toEqual([])
  })
})
