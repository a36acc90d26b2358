import { RpcClient } from '@tradewire/bus/rpc-client'
import { connectAccount, removeAccount } from '@tradewire/contracts/rpc/accounts'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Sessions } from '#ports/sessions.port'
import { ScriptedExchange } from '#testing/scripted-exchange'
import { brokersService } from '../../service.ts'
import { RefreshInstruments } from '../refresh-instruments/refresh-instruments.use-case.ts'

const backends = testBackends()
const clock = new ManualClock(new Date().toISOString())
const hourMs = 3_600_000
const ids = new UuidV7Source()
const caller = { userId: ids.next(), roles: ['follower'] as ['follower'] }
const euro = {
  symbol: 'EURUSD',
  tickSize: 0.00001,
  minVolume: 0.01,
  maxVolume: 100,
  volumeStep: 0.01,
  contractSize: 100_000,
  baseCurrency: 'EUR',
  profitCurrency: 'USD',
}
const money = { currency: 'USD', balance: 1e4, equity: 1e4, margin: 0, freeMargin: 1e4 }
const terminal = { login: '5', state: 'DEPLOYED', connectionStatus: 'CONNECTED', region: 'london' }

/** How the account keeps what it holds; no word of it where this is undefined. */
let marginMode: string | undefined

/** What each server says of the euro; a server that is missing cannot be read. Sessions remember servers: names are new. */
const servers = new Map<string, object>()

/** An account's id at MetaApi is its server here. */
const venue = new ScriptedExchange(
  ({ path }) => {
    const [, server = '', rest = ''] = /\/accounts\/([^/]+)(.*)$/.exec(path) ?? []
    if (rest === '') return told({ ...terminal, _id: server, server })
    const specification = servers.get(server)
    if (specification === undefined) return { status: 503, body: '{}' }
    if (rest === '/symbols') return told(['EURUSD'])
    return told(
      rest.endsWith('/specification') ? specification : rest === '/account-information' ? { ...money, marginMode } : [],
    )
  },
  () => undefined,
)
const told = (body: unknown) => ({ status: 200, body: JSON.stringify(body) })

let service: TestService
const rpc = () => service.app.get(RpcClient)
const database = () => service.app.get(Database)

beforeAll(async () => {
  const { paperUrl } = await venue.start()
  service = await startTestService(brokersService, backends, {
    clock,
    settings: { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`, BROKERS_PAPER_URL: paperUrl },
  })
})
beforeEach(async () => {
  servers.clear()
  marginMode = undefined
  await database().query('update account set removed_at = now()')
  await database().query('delete from instrument')
})
afterAll(() => venue.stop())

async function connect(server: string) {
  const credentials = { token: 'token', accountId: server }
  const account = { venue: 'metaapi', environment: 'paper', label: server, credentials } as const
  return rpc().ask(connectAccount, { caller, account })
}

async function stored() {
  return database().query<{ server: string; size: string }>(
    `select server, details->>'contractSize' as size from instrument order by server`,
  )
}

describe('an account on a server of its own', () => {
  it('is refused where its contract has another size, and what is stored stays', async () => {
    servers.set('First-1', euro).set('Mini-1', { ...euro, contractSize: 10_000 })
    expect(await connect('First-1')).toMatchObject({ ok: true })
    expect(await connect('Mini-1')).toMatchObject({
      ok: false,
      error: { code: 'ACCOUNT_INSTRUMENTS_DIFFER', context: { server: 'Mini-1', symbols: ['EUR/USD'] } },
    })
    expect(await stored()).toEqual([{ server: 'First-1', size: '100000' }])
  })

  it.each(['RETAIL_NETTING', 'EXCHANGE'])(
    'is refused where it nets what it holds, with what to change: %s',
    async (mode) => {
      servers.set('First-9', euro)
      marginMode = `ACCOUNT_MARGIN_MODE_${mode}`
      expect(await connect('First-9')).toMatchObject({
        ok: false,
        error: {
          code: 'ACCOUNT_SETTINGS_UNSUITABLE',
          context: { setting: expect.stringContaining('hedging') as string },
        },
      })
      marginMode = 'ACCOUNT_MARGIN_MODE_RETAIL_HEDGING'
      expect(await connect('First-9')).toMatchObject({ ok: true })
    },
  )

  it('is refused without a token, of its own or of the platform, and is told what is missing', async () => {
    const credentials = { login: '5', password: 'hidden words', server: 'First-8' }
    const account = { venue: 'metaapi', environment: 'platform', label: '5', credentials } as const
    const refused = await rpc().ask(connectAccount, { caller, account })
    expect(refused).toMatchObject({ ok: false, error: { code: 'ACCOUNT_TOKEN_MISSING' } })
    if (!refused.ok) expect(refused.error.fix).toContain('BROKERS_METAAPI_TOKEN')
  })

  it('is connected where its server agrees', async () => {
    servers.set('First-2', euro).set('Second-2', { ...euro, symbol: 'EURUSD' })
    expect(await connect('First-2')).toMatchObject({ ok: true })
    expect(await connect('Second-2')).toMatchObject({ ok: true })
    expect(await stored()).toHaveLength(2)
  })

  it('is refused as unreachable where its server cannot be read', async () => {
    expect(await connect('Gone-3')).toMatchObject({ ok: false, error: { code: 'ACCOUNT_VENUE_UNREACHABLE' } })
  })

  it('lets one of two servers in when both come at once', async () => {
    servers.set('First-4', euro).set('Mini-4', { ...euro, contractSize: 10_000 })
    const replies = await Promise.all([connect('First-4'), connect('Mini-4')])
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('may replace a server that nobody is on any more, an hour after the last came from it', async () => {
    servers.set('First-5', euro).set('Mini-5', { ...euro, contractSize: 10_000 })
    const first = await connect('First-5')
    if (!first.ok) throw new Error(first.error.message)
    await database().query(`update instrument set seen_at = now() - interval '2 hours'`)
    expect(await connect('Mini-5')).toMatchObject({ ok: false })
    expect(await rpc().ask(removeAccount, { caller, accountId: first.value.id })).toMatchObject({ ok: true })
    expect(await connect('Mini-5')).toMatchObject({ ok: true })
    expect(await stored()).toEqual([{ server: 'Mini-5', size: '10000' }])
  })
})

describe('what a server lists while its accounts stay connected', () => {
  /** Two hours later, when the sessions have found that out. */
  async function refreshed(...labels: readonly string[]): Promise<void> {
    clock.advance(2 * hourMs)
    const streaming = () =>
      service.app
        .get(Sessions)
        .all()
        .filter(({ session }) => session.health().streaming)
    await eventually(() => labels.every((label) => streaming().some(({ account }) => account.label === label)), {
      describe: `the streams of ${labels.join(', ')}`,
    })
    await service.app.get(RefreshInstruments).execute()
  }

  it('is read again and told', async () => {
    servers.set('First-6', euro)
    expect(await connect('First-6')).toMatchObject({ ok: true })
    servers.set('First-6', { ...euro, contractSize: 50_000 })
    await refreshed('First-6')
    expect(await stored()).toEqual([{ server: 'First-6', size: '50000' }])
  })

  it('is not taken of one server alone, and is taken of all when they agree', async () => {
    servers.set('First-7', euro).set('Second-7', euro)
    for (const server of ['First-7', 'Second-7']) expect(await connect(server)).toMatchObject({ ok: true })
    const sizes = async () => (await stored()).map(({ size }) => size)
    servers.set('Second-7', { ...euro, contractSize: 50_000 })
    await refreshed('First-7', 'Second-7')
    expect(await sizes()).toEqual(['100000', '100000'])
    servers.set('First-7', { ...euro, contractSize: 50_000 })
    await refreshed('First-7', 'Second-7')
    expect(await sizes()).toEqual(['50000', '50000'])
  })
})
