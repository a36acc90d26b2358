import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { weekdays } from '@tradewire/contracts/trade-settings'
import type { DataOf } from '@tradewire/contracts/define-event'
import { entitlementChanged } from '@tradewire/contracts/events/billing'
import * as brokers from '@tradewire/contracts/events/brokers'
import { settingsChanged, type signalAccepted, strategyChanged } from '@tradewire/contracts/events/signals'
import { explainBracket, type ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { accountIdOf, ownerId, StandIn, strategyId, userIdOf } from '../testing/stand-in.ts'
import { ordersService } from '../service.ts'

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
  await venue.heardOf(followers)
})

/** What a new signal means for each follower, by account; their positions end at once, so that the next one is taken. */
async function planned(changes: Partial<DataOf<typeof signalAccepted>> = {}): Promise<Map<string, rpc.BracketReply>> {
  signals += 1
  const signalId = signalIdOf(signals)
  await venue.signal(signalId, changes)
  await venue.counted(`bracket where signal_id = '${signalId}'`, followers)
  const listed = await client.ask(rpc.listBrackets, { caller: operator, page: { limit: followers }, signalId })
  if (!listed.ok) throw new Error(JSON.stringify(listed.error))
  await database.query(`update bracket set holds_slot = false where signal_id = $1`, [signalId])
  return new Map(listed.value.items.map((bracket) => [bracket.accountId, bracket]))
}

async function explained(bracket: rpc.BracketReply | undefined): Promise<ExplanationReply> {
  const story = await client.ask(explainBracket, { caller: operator, bracketId: bracket!.id })
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
    await venue.counted('layer_settings', 3)
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
    await venue.counted(`layer_settings where settings = '{}'`, 3)
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
    await venue.counted('account where not connected', 2)
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
    await venue.counted('account where connected and disconnected_by is null', followers)
    for (const bracket of (await planned()).values()) expect(bracket.denial).toBeNull()
  })

  it('takes no entries for an account that is paused, through a loss of its connection, until it is resumed', async () => {
    const [accountId, userId] = [accountIdOf(1), userIdOf(0)]
    const told = (active: boolean) =>
      database.transact(async (tx) =>
        tx.append(
          brokers.accountChanged,
          exampleOf(brokers.accountChanged, { accountId, userId, active, changedAt: now() }),
        ),
      )
    await told(false)
    await venue.counted('account where not active', 1)
    const paused = (await planned()).get(accountId)?.denial
    expect(paused).toMatchObject({ code: 'ACCOUNT_PAUSED', context: { accountId } })
    const again = exampleOf(brokers.accountConnected, { accountId, userId, label: 'again', connectedAt: now() })
    await database.transact(async (tx) => tx.append(brokers.accountConnected, again))
    await venue.counted("account where label = 'again' and not active", 1)
    expect((await planned()).get(accountId)?.denial?.code).toBe('ACCOUNT_PAUSED')
    await told(true)
    await venue.counted('account where active', followers)
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
    await venue.counted('instrument where trading_hours is not null', 1)
    for (const { denial } of (await planned()).values()) {
      expect(denial).toMatchObject({ code: 'MARKET_CLOSED', context: { hours: [`${yesterday} 00:00-12:00 UTC`] } })
    }
    await told({})
    await venue.counted('instrument where trading_hours is null', 1)
    for (const bracket of (await planned()).values()) expect(bracket.denial).toBeNull()
  })
})

describe("a provider's account that a strategy names", () => {
  it('gives each follower its share by equity, and the explanation shows both', async () => {
    const named = { strategyId, ownerId, providerAccountId: accountIdOf(2), revision: 2 }
    const settings = { sizing: { mode: 'proportional', value: '0.4' } } as const
    await database.transact(async (tx) => {
      tx.append(strategyChanged, exampleOf(strategyChanged, { ...named, settings }))
      const balance = { total: '40000', free: '40000', equity: '40000', observedAt: new Date().toISOString() }
      tx.append(brokers.balanceUpdated, exampleOf(brokers.balanceUpdated, { accountId: accountIdOf(2), ...balance }))
    })
    await venue.counted('strategy where provider_account_id is not null', 1)
    await venue.counted('balance where total = 40000', 1)
    const brackets = await planned()
    expect([0, 1, 2].map((number) => brackets.get(accountIdOf(number))?.quantity)).toEqual(['0.1', '0.1', '0.4'])
    expect((await explained(brackets.get(accountIdOf(0)))).sizing?.steps[0]).toBe(
      "Where the provider's account of 40000 USDT takes 0.4 BTC, an equity of 10000 USDT takes its share (strategy): 0.1 BTC, in whole steps of 0.001.",
    )
  })

  it('gives nobody a share when its equity is not known', async () => {
    const nobody = '01963a5e-0000-7000-8000-0000000000ee'
    const settings = { sizing: { mode: 'proportional', value: '0.4' } } as const
    const told = (changes: object) =>
      database.transact(async (tx) =>
        tx.append(strategyChanged, exampleOf(strategyChanged, { strategyId, ownerId, ...changes })),
      )
    await told({ providerAccountId: nobody, settings, revision: 3 })
    await venue.counted('strategy where revision = 3', 1)
    for (const { denial } of (await planned()).values()) {
      expect(denial).toMatchObject({ code: 'PROVIDER_EQUITY_UNKNOWN', context: { providerAccountId: nobody } })
    }
    await told({ revision: 4 })
    await venue.counted('strategy where provider_account_id is null', 1)
  })
})

describe('an account in another currency than the symbol is quoted in', () => {
  const account = accountIdOf(1)
  const euros = { accountId: account, currency: 'EUR', total: '8000', free: '8000', equity: '8000' }

  it('is sized at the rate of the venue where its settings allow it, and takes its margin back into account', async () => {
    await database.query('delete from balance where account_id = $1', [account])
    await database.transact(async (tx) => {
      const observedAt = new Date().toISOString()
      tx.append(brokers.balanceUpdated, exampleOf(brokers.balanceUpdated, { ...euros, observedAt }))
      tx.append(strategyChanged, exampleOf(strategyChanged, { strategyId, ownerId, revision: 5 }))
    })
    await venue.counted(`balance where currency = 'EUR'`, 1)
    await venue.counted('strategy where revision = 5', 1)
    const codeOf = (brackets: Map<string, rpc.BracketReply>) => brackets.get(account)?.denial?.code
    expect(codeOf(await planned())).toBe('BALANCE_IN_OTHER_CURRENCY')
    await say({ scopeId: account, settings: { convertBalance: true }, revision: 9 })
    await venue.counted('layer_settings where revision = 9', 1)
    expect((await planned()).get(account)?.denial).toMatchObject({
      code: 'RATE_UNKNOWN',
      context: { venue: 'binance-usdm', from: 'EUR', to: 'USDT' },
    })
    await database.transact(async (tx) => {
      const observedAt = new Date().toISOString()
      tx.append(brokers.rateUpdated, exampleOf(brokers.rateUpdated, { symbol: 'EUR/USDT', price: '1.25', observedAt }))
    })
    await venue.counted('rate', 1)
    const converted = (await planned()).get(account)
    expect(converted?.quantity).toBe('0.25')
    const story = await explained(converted)
    expect(story.balance).toMatchObject({ currency: 'EUR', total: '8000', free: '8000', reserved: '0' })
    expect(story.sizing?.steps[0]).toBe(
      'One EUR counts as 1.25 USDT (EUR/USDT 1.25): the balance of 8000 EUR as 10000 USDT.',
    )
    // 10,000 USDT at a leverage of 10 are 1,000 USDT, or 800 EUR, which the next entry finds taken.
    await database.query('update bracket set holds_slot = true, follow_id = gen_random_uuid() where bracket_id = $1', [
      converted?.id,
    ])
    const next = await explained((await planned()).get(account))
    expect(next.balance).toMatchObject({ total: '8000', reserved: '800' })
    await database.query('update bracket set holds_slot = false')
  })
})

describe('what the plan of a user allows', () => {
  it('binds that user from the next signal on, and nobody of whom no plan was told', async () => {
    const tell = (number: number, limits: object) =>
      database.transact(async (tx) =>
        tx.append(
          entitlementChanged,
          exampleOf(entitlementChanged, {
            userId: userIdOf(number),
            endsAt: null,
            maxPositions: null,
            maxBalance: null,
            ...limits,
          }),
        ),
      )
    await tell(0, { maxPositions: 0 })
    await tell(1, { maxBalance: '7999' })
    await venue.counted('entitlement', 2)
    const limited = await planned()
    const denialOf = (brackets: typeof limited, number: number) => brackets.get(accountIdOf(number))?.denial
    expect(denialOf(limited, 0)).toMatchObject({
      code: 'PLAN_LIMIT_REACHED',
      context: { plan: 'STARTER', positions: 0, maxPositions: 0 },
    })
    expect(denialOf(limited, 1)).toMatchObject({
      code: 'BALANCE_LIMIT_EXCEEDED',
      context: { balance: '8000', currency: 'EUR', maxBalance: '7999' },
    })
    expect(denialOf(limited, 2)).toBeNull()
    await tell(0, { maxPositions: 1, revision: 2 })
    await tell(1, { endsAt: '2022-10-09T00:00:00.000Z', revision: 2 })
    await venue.counted('entitlement where revision = 2', 2)
    const changed = await planned()
    expect([0, 1].map((number) => denialOf(changed, number)?.code)).toEqual([undefined, 'PLAN_ENDED'])
    // Another account of the same user still holds what it got of that signal.
    const other = { accountId: accountIdOf(2), userId: userIdOf(0), connectedAt: new Date().toISOString() }
    await database.transact(async (tx) =>
      tx.append(brokers.accountConnected, exampleOf(brokers.accountConnected, other)),
    )
    await venue.counted(`account where user_id = '${userIdOf(0)}'`, 2)
    await database.query('update bracket set holds_slot = true where bracket_id = $1', [
      changed.get(accountIdOf(2))?.id,
    ])
    expect(denialOf(await planned(), 0)).toMatchObject({
      code: 'PLAN_LIMIT_REACHED',
      context: { positions: 1, maxPositions: 1 },
    })
  })
})
