import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { accountConnected } from '@tradewire/contracts/events/brokers'
import * as questions from '@tradewire/contracts/rpc/settings'
import * as signals from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { numberOfId } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { valueOf } from '@tradewire/testkit/value-of'
import { beforeAll, describe, expect, it } from 'vitest'
import { signalsService } from '../service.ts'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const accountId = 'df30b2fa-adc8-47cb-a9f5-be90ae259827'

let service: TestService
let rpc: RpcClient

beforeAll(async () => {
  service = await startTestService(signalsService, backends)
  rpc = service.app.get(RpcClient)
  const connected = { ...accountConnected.example, accountId, userId: operator.userId }
  await service.app.get(Database).transact(async (tx) => tx.append(accountConnected, connected))
  await eventually(async () => (await backends.query('select * from signals.account')).length === 1, {
    describe: 'the account is known',
  })
})

describe('a strategy', () => {
  it('is found by its number', async () => {
    const wish = { name: 'Numbered', venue: 'binance-usdm', symbol: 'BTC/USDT' } as never
    const { id } = valueOf(await rpc.ask(signals.createStrategy, { caller: operator, strategy: wish }))
    const numbered = (number: number) =>
      rpc.ask(signals.listStrategies, { caller: operator, page: { limit: 1 }, number })
    expect(valueOf(await numbered(numberOfId(id))).items).toMatchObject([{ id }])
    expect(valueOf(await numbered(1)).items).toEqual([])
    expect(valueOf(await numbered(Number.MAX_SAFE_INTEGER)).items).toEqual([])
  })
})

describe('the settings of strategies, risk profiles and follows', () => {
  it('are kept, answered and replaced as a whole', async () => {
    const strategy = valueOf(
      await rpc.ask(signals.createStrategy, {
        caller: operator,
        strategy: {
          name: 'Breakout',
          venue: 'binance-usdm',
          symbol: 'BTC/USDT',
          settings: { sides: ['buy'] },
        } as never,
      }),
    )
    expect(strategy.settings).toEqual({ sides: ['buy'] })
    const profile = valueOf(
      await rpc.ask(signals.createRiskProfile, {
        caller: operator,
        profile: { name: 'Careful', riskPercent: '1', settings: { maxRiskPercent: '2' } },
      }),
    )
    const [follow] = valueOf(
      await rpc.ask(signals.createFollows, {
        caller: operator,
        follows: [
          {
            strategyId: strategy.id,
            accountId,
            riskProfileId: profile.id,
            leverage: 1,
            maxNotional: null,
            settings: {},
          },
        ],
      }),
    ).items
    expect(follow?.settings).toEqual({})
    const sizing = { mode: 'fixed-notional', value: '500' } as const
    const changed = await rpc.ask(signals.updateFollow, {
      caller: operator,
      followId: follow!.id,
      changes: { settings: { sizing } },
    })
    expect(valueOf(changed).settings).toEqual({ sizing })
    const lighter = await rpc.ask(signals.updateRiskProfile, {
      caller: operator,
      riskProfileId: profile.id,
      changes: { settings: { maxPositions: 3 } },
    })
    expect(valueOf(lighter)).toMatchObject({ riskPercent: '1', settings: { maxPositions: 3 } })
    const stored = await rpc.ask(signals.getFollow, { caller: operator, followId: follow!.id })
    expect(valueOf(stored).settings).toEqual({ sizing })
  })

  it('are said for the platform by operators and for an account by its owner, and told with a growing revision', async () => {
    const owner = { userId: operator.userId, roles: ['follower' as const] }
    const stranger = { userId: '01963a5e-0000-7000-8000-00000000000c', roles: ['provider' as const] }
    const platform = { scope: 'platform' as const, scopeId: null }
    const account = { scope: 'account' as const, scopeId: accountId }
    const untouched = await rpc.ask(questions.getSettings, { caller: stranger, ...platform })
    expect(valueOf(untouched)).toEqual({ ...platform, settings: {}, updatedAt: null })

    const refused = [
      await rpc.ask(questions.changeSettings, { caller: owner, ...platform, settings: {} }),
      await rpc.ask(questions.changeSettings, { caller: stranger, ...account, settings: {} }),
      await rpc.ask(questions.getSettings, { caller: stranger, ...account }),
      await rpc.ask(questions.changeSettings, { caller: operator, scope: 'account', scopeId: null, settings: {} }),
    ]
    expect(refused.map((each) => (each.ok ? 'ok' : each.error.code))).toEqual([
      'PLATFORM_SETTINGS_FORBIDDEN',
      'ACCOUNT_NOT_FOUND',
      'ACCOUNT_NOT_FOUND',
      'SETTINGS_SCOPE_INCOMPLETE',
    ])

    const settings = { maxPositions: 5 }
    valueOf(await rpc.ask(questions.changeSettings, { caller: operator, ...platform, settings }))
    valueOf(await rpc.ask(questions.changeSettings, { caller: owner, ...account, settings: { maxRiskPercent: '1' } }))
    const changed = await rpc.ask(questions.changeSettings, { caller: owner, ...account, settings })
    expect(valueOf(changed)).toMatchObject({ ...account, settings })
    expect(valueOf(await rpc.ask(questions.getSettings, { caller: owner, ...account })).settings).toEqual(settings)
    const rows = await backends.query<{ body: string }>(
      `select body from signals.outbox where subject = 'settings.changed' order by created_at, id`,
    )
    const told = rows.flatMap(({ body }) => (JSON.parse(body) as { events: { data: object }[] }).events)
    expect(told.map(({ data }) => data)).toEqual([
      { ...platform, userId: null, settings, revision: 1 },
      { ...account, userId: operator.userId, settings: { maxRiskPercent: '1' }, revision: 1 },
      { ...account, userId: operator.userId, settings, revision: 2 },
    ])
  })

  it("stand beside the account by whose equity followers size, which must be the provider's own", async () => {
    const provider = { userId: operator.userId, roles: ['provider' as const] }
    const stranger = { userId: '01963a5e-0000-7000-8000-00000000000c', roles: ['provider' as const] }
    const strategy = {
      name: 'Copied',
      venue: 'binance-usdm',
      symbol: 'BTC/USDT',
      providerAccountId: accountId,
    } as never
    const refused = await rpc.ask(signals.createStrategy, { caller: stranger, strategy })
    expect(refused.ok ? 'ok' : refused.error.code).toBe('ACCOUNT_NOT_FOUND')
    const { id, providerAccountId } = valueOf(await rpc.ask(signals.createStrategy, { caller: provider, strategy }))
    expect(providerAccountId).toBe(accountId)
    const change = (changes: object) => rpc.ask(signals.updateStrategy, { caller: provider, strategyId: id, changes })
    const unknown = await change({ providerAccountId: '01963a5e-0000-7000-8000-00000000000d' })
    expect(unknown.ok ? 'ok' : unknown.error.code).toBe('ACCOUNT_NOT_FOUND')
    expect(valueOf(await change({ providerAccountId: null })).providerAccountId).toBeNull()
    expect(valueOf(await change({ providerAccountId: accountId })).providerAccountId).toBe(accountId)
    const rows = await backends.query<{ body: string }>(
      `select body from signals.outbox where subject = 'strategy.changed' and body like '%Copied%' order by created_at, id`,
    )
    const told = rows.flatMap(({ body }) => (JSON.parse(body) as { events: { data: object }[] }).events)
    expect(told.map(({ data }) => (data as { providerAccountId?: string }).providerAccountId)).toEqual([
      accountId,
      undefined,
      accountId,
    ])
  })

  it('are refused when they make no sense', async () => {
    const wrong = [
      { sizing: { mode: 'equity-percent', value: '101' } },
      { maxNotional: '-5' },
      { tradingWindow: { timeZone: 'Mars/Olympus', days: ['monday'], from: '09:00', to: '17:00' } },
      { unheardOf: 1 },
    ]
    for (const settings of wrong) {
      const refused = signals.strategyChanges.safeParse({ settings })
      expect(refused.success).toBe(false)
    }
  })
})
