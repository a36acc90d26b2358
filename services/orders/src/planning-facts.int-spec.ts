import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { weekdays } from '@tradewire/contracts/trade-settings'
import type { DataOf } from '@tradewire/contracts/define-event'
import * as brokers from '@tradewire/contracts/events/brokers'
import { settingsChanged, type signalAccepted } from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { accountIdOf, StandIn, userIdOf } from './testing/stand-in.ts'
import { ordersService } from './service.ts'

const backends = testBackends()
const followers = 3
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`

let service: TestService
let database: Database
let client: RpcClient
let venue: StandIn
let signals = 0

beforeAll(async () => {
  service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(followers)
  for (const table of ['follow', 'balance', 'account']) await counted(table, followers)
  await counted('instrument', 1)
})

function counted(from: string, expected: number) {
  return eventually(
    async () => {
      const [row] = await database.query<{ number: number }>(`select count(*)::int as number from ${from}`)
      return row?.number === expected
    },
    { describe: `${expected} of ${from}` },
  )
}

/** What a new signal means for each follower, by account; their positions end at once, so that the next one is taken. */
async function planned(changes: Partial<DataOf<typeof signalAccepted>> = {}): Promise<Map<string, rpc.BracketReply>> {
  signals += 1
  const signalId = signalIdOf(signals)
  await venue.signal(signalId, changes)
  await counted(`bracket where signal_id = '${signalId}'`, followers)
  const listed = await client.ask(rpc.listBrackets, { caller: operator, page: { limit: followers }, signalId })
  if (!listed.ok) throw new Error(JSON.stringify(listed.error))
  await database.query(`update bracket set holds_slot = false where signal_id = $1`, [signalId])
  return new Map(listed.value.items.map((bracket) => [bracket.accountId, bracket]))
}

async function explained(bracket: rpc.BracketReply | undefined): Promise<rpc.ExplanationReply> {
  const story = await client.ask(rpc.explainBracket, { caller: operator, bracketId: bracket!.id })
  if (!story.ok) throw new Error(JSON.stringify(story.error))
  return story.value
}

function say(changes: Partial<DataOf<typeof settingsChanged>>): Promise<void> {
  return database.transact(async (tx) => tx.append(settingsChanged, exampleOf(settingsChanged, changes)))
}

describe('settings of the platform and of an account', () => {
  const everyone = { scope: 'platform', scopeId: null, userId: null } as const

  it('bind entries like those of the other layers, and the explanation names who said each', async () => {
    await say({ ...everyone, settings: { maxNotional: '5000' } })
    await say({ scopeId: accountIdOf(1), settings: { maxNotional: '2000' } })
    await say({ scopeId: accountIdOf(2), settings: { sides: ['sell'] } })
    await counted('layer_settings', 3)
    const brackets = await planned()
    const [first, second, third] = [0, 1, 2].map((number) => brackets.get(accountIdOf(number)))
    expect([first?.quantity, second?.quantity]).toEqual(['0.125', '0.05'])
    expect(third?.denial).toMatchObject({ code: 'SIDE_NOT_ALLOWED', context: { side: 'buy', allowed: ['sell'] } })
    const sourceOf = async (bracket: typeof first, name: string) =>
      (await explained(bracket)).settings.find((setting) => setting.name === name)?.source
    expect(await sourceOf(first, 'maxNotional')).toBe('platform')
    expect(await sourceOf(second, 'maxNotional')).toBe(`account ${accountIdOf(1)}`)
    expect(await sourceOf(third, 'sides')).toBe(`account ${accountIdOf(2)}`)
  })

  it('are replaced as a whole by later news, and never by older', async () => {
    await say({ ...everyone, settings: {}, revision: 3 })
    await say({ ...everyone, settings: { maxNotional: '1000' }, revision: 2 })
    await say({ scopeId: accountIdOf(1), settings: {}, revision: 2 })
    await say({ scopeId: accountIdOf(2), settings: {}, revision: 2 })
    await counted(`layer_settings where settings = '{}'`, 3)
    const brackets = await planned()
    expect([...brackets.values()].map(({ quantity }) => quantity)).toEqual(['0.25', '0.25', '0.25'])
  })
})

describe('what brokers tell of an account and an instrument', () => {
  const now = () => new Date().toISOString()

  it('tells a refused key from a venue that is away, until the account is connected again', async () => {
    const [userId, reason] = [userIdOf(0), { code: 'VENUE_UNREACHABLE', message: 'No answer.' }]
    const lost = (number: number, code: string) =>
      exampleOf(brokers.accountDisconnected, {
        accountId: accountIdOf(number),
        userId,
        reason: { ...reason, code },
        disconnectedAt: now(),
      })
    await database.transact(async (tx) => {
      tx.append(brokers.accountDisconnected, lost(0, brokers.authenticationFailed))
      tx.append(brokers.accountDisconnected, lost(1, reason.code))
    })
    await counted('account where not connected', 2)
    const brackets = await planned()
    const codes = [0, 1, 2].map((number) => brackets.get(accountIdOf(number))?.denial?.code)
    expect(codes).toEqual(['ACCOUNT_KEY_UNAUTHORIZED', 'ACCOUNT_NOT_CONNECTED', undefined])
    await database.transact(async (tx) => {
      for (const number of [0, 1]) {
        const accountId = accountIdOf(number)
        tx.append(
          brokers.accountConnected,
          exampleOf(brokers.accountConnected, { accountId, userId, connectedAt: now() }),
        )
      }
    })
    await counted('account where connected and disconnected_by is null', followers)
    for (const bracket of (await planned()).values()) expect(bracket.denial).toBeNull()
  })

  it('closes a market outside its trading hours, and opens it when it has none', async () => {
    const yesterday = weekdays[(new Date().getUTCDay() + 6) % 7]!
    const hours = [{ timeZone: 'UTC', days: [yesterday], from: '00:00', to: '12:00' }]
    const told = (changes: object) =>
      database.transact(async (tx) =>
        tx.append(brokers.instrumentChanged, exampleOf(brokers.instrumentChanged, { ...changes, observedAt: now() })),
      )
    await told({ tradingHours: hours })
    await counted('instrument where trading_hours is not null', 1)
    for (const { denial } of (await planned()).values()) {
      expect(denial).toMatchObject({ code: 'MARKET_CLOSED', context: { hours: [`${yesterday} 00:00-12:00 UTC`] } })
    }
    await told({})
    await counted('instrument where trading_hours is null', 1)
    for (const bracket of (await planned()).values()) expect(bracket.denial).toBeNull()
  })
})
