import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type Method } from '../system/api-user.ts'
import { documentedOperations, type Replay } from '../system/documented-operation.ts'
import { differences } from '../system/documented-shape.ts'
import { realSystem } from '../system/real-system.ts'

const documented = documentedOperations('admin-surface.json')

const system = realSystem({ processes: false, settings: { GATEWAY_RATE_LIMIT: 'false' } })
const knownWithinMs = 20_000
const password = 'correct horse battery staple'
const entryPrice = '19300'

let operator: ApiUser
let anna: ApiUser
const ids = { user: '', account: '', strategy: '', follow: '', profile: '', signal: '', plan: '' }

/** Of the account that a strategy is sized by. */
let reportKey = {}
const everyonesPlan = { name: 'DEFAULT', maxBalance: '1000000', maxApiKeys: 10, default: true }

interface ShownFollower {
  readonly id: string
  readonly StrategyAutomatedFollowPerformance: { readonly totalProfit: number; readonly closedBalance: number }
}

const page = ['nextToken']
const account = '/v1/admin/account/user'

/** One for each documented operation. */
const replays: Readonly<Record<string, Replay>> = {
  'GET /v1/admin/account/user/list': {
    path: () => `${account}/list`,
    added: page,
    nullable: ['items.email', 'items.firstName', 'items.lastName'],
    holds: (reply) => (reply as { items: { uid: string }[] }).items.some(({ uid }) => uid === ids.user),
  },
  'GET /v1/admin/account/user/overview/{user_id}': {
    path: () => `${account}/overview/${ids.user}`,
    // Prices stand here, and a payer is made anew for each checkout.
    nullable: ['UserSubscription.stripeCustomerId', 'UserSubscription.SubscriptionType.stripePriceId'],
    holds: (reply) => {
      const { id, UserSubscription } = reply as { id: string; UserSubscription: { SubscriptionType: { name: string } } }
      return id === ids.user && UserSubscription.SubscriptionType.name === everyonesPlan.name
    },
  },
  'GET /v1/admin/account/user/exchange/balance/{user_id}': {
    path: () => `${account}/exchange/balance/${ids.user}`,
    holds: (reply) => (reply as { USD: number }).USD > 0,
  },
  'GET /v1/admin/account/user/trade/strategy/{user_id}/history': {
    path: () => `${account}/trade/strategy/${ids.user}/history?start=2022-06-01&limit=30`,
    holds: (reply) => (reply as { items: { totalTrades: number }[] }).items[0]?.totalTrades === 1,
  },
  'GET /v1/admin/account/user/trade/manual/{user_id}/history': {
    path: () => `${account}/trade/manual/${ids.user}/history?start=2022-06-01`,
    holds: (reply) => (reply as { items: unknown[] }).items.length === 0,
  },
  'GET /v1/admin/account/user/trade/strategy/{user_id}/performance': {
    path: () => `${account}/trade/strategy/${ids.user}/performance?start=2022-06-01`,
    holds: (reply) => (reply as { totalTrades: number }).totalTrades === 1,
  },
  'GET /v1/admin/account/user/trade/manual/{user_id}/performance': {
    path: () => `${account}/trade/manual/${ids.user}/performance`,
    holds: (reply) => (reply as { totalTrades: number }).totalTrades === 0,
  },
  'GET /v1/admin/account/user/exchange/key/{user_id}/list': {
    path: () => `${account}/exchange/key/${ids.user}/list?tradeType=FUTURES`,
    added: page,
    holds: (reply) => {
      const [key, ...more] = (reply as { items: { apiKey: string; exchangeId: string }[] }).items
      return key?.exchangeId === 'BINANCE' && key.apiKey.includes('****') && more.length === 0
    },
  },
  'GET /v1/admin/exchange/key/balance/history/{api_key_id}': {
    path: () => `/v1/admin/exchange/key/balance/history/${ids.account}?start=2022-06-01&limit=100`,
    holds: (reply) => (reply as { items: { totalUSD: number }[] }).items[0]!.totalUSD > 9_000,
  },
  'GET /v1/admin/exchange/key/balance/{api_key_id}': {
    path: () => `/v1/admin/exchange/key/balance/${ids.account}`,
    holds: (reply) => (reply as Record<string, { used: number }>)['USDT']!.used > 0,
  },
  'GET /v1/admin/exchange/key/strategy/follower/{api_key_id}': {
    path: () => `/v1/admin/exchange/key/strategy/follower/${ids.account}?symbol=BTC/USDT`,
    holds: (reply) => (reply as { id: string }).id === ids.follow,
  },
  'GET /v1/admin/exchange/position/{api_key_id}/list': {
    path: () => `/v1/admin/exchange/position/${ids.account}/list?symbol=BTC/USDT`,
    // No service knows a venue's tiers of maintenance margin, nor which margin mode somebody chose there.
    nullable: ['maintenanceMargin', 'maintenanceMarginPercentage', 'marginRatio', 'marginMode', 'marginType'],
    holds: (reply) => {
      const [position] = reply as { side: string; leverage: number; notional: number }[]
      return position?.side === 'long' && position.leverage === 2 && position.notional > 0
    },
  },
  'GET /v1/admin/exchange/order/{api_key_id}/list': {
    path: () => `/v1/admin/exchange/order/${ids.account}/list?symbol=BTC/USDT`,
    // A target is a plain limit order here.
    absent: ['stopPrice'],
    holds: (reply) => {
      const types = (reply as { type: string }[]).map(({ type }) => type)
      return types.includes('stop_market') && types.length === 2
    },
  },
  'GET /v1/admin/exchange/order/{api_key_id}/history': {
    path: () => `/v1/admin/exchange/order/${ids.account}/history?symbol=BTC/USDT`,
    // An order that was cancelled untouched has no average.
    absent: ['average', 'price'],
    holds: (reply) => (reply as { status: string }[]).filter(({ status }) => status === 'closed').length === 3,
  },
  'GET /v1/admin/exchange/trade/{api_key_id}/history': {
    path: () => `/v1/admin/exchange/trade/${ids.account}/history?symbol=BTC/USDT`,
    // Venues are asked for what was traded, not for how.
    nullable: ['takerOrMaker'],
    holds: (reply) => (reply as unknown[]).length >= 3,
  },
  'GET /v1/admin/strategy/follower/{strategy_id}/list': {
    path: () => `/v1/admin/strategy/follower/${ids.strategy}/list`,
    added: page,
    holds: (reply) => {
      const [follower, ...more] = (reply as { items: ShownFollower[] }).items
      const { totalProfit, closedBalance } = follower!.StrategyAutomatedFollowPerformance
      return follower!.id === ids.follow && totalProfit > 0 && closedBalance > 9_000 && more.length === 0
    },
  },
  'GET /v1/admin/strategy/trigger/history/{strategy_id}': {
    path: () => `/v1/admin/strategy/trigger/history/${ids.strategy}`,
    added: ['StrategyAutomatedTriggers.nextToken'],
    holds: (reply) => {
      const { items } = (reply as { StrategyAutomatedTriggers: { items: { active: boolean }[] } })
        .StrategyAutomatedTriggers
      return items.map(({ active }) => active).join() === 'true,false'
    },
  },
  'GET /v1/admin/setting/strategy/list': {
    path: () => '/v1/admin/setting/strategy/list',
    added: page,
    // A strategy need not have an account that it is sized by.
    nullable: ['items.reportExchangeApiKey'],
    holds: (reply) => (reply as { items: { id: string }[] }).items[0]?.id === ids.strategy,
  },
  'PUT /v1/admin/account/user/action/disable/{user_id}': {
    path: () => `${account}/action/disable/${ids.user}`,
    holds: (reply) => (reply as { active: boolean }).active === false,
  },
  'PUT /v1/admin/account/user/action/enable/{user_id}': {
    path: () => `${account}/action/enable/${ids.user}`,
    holds: (reply) => (reply as { active: boolean }).active,
  },
  'PUT /v1/admin/account/user/action/reset/mfa/{user_id}': {
    path: () => `${account}/action/reset/mfa/${ids.user}`,
  },
  'PUT /v1/admin/account/user/action/reset/telegram/{user_id}': {
    path: () => `${account}/action/reset/telegram/${ids.user}`,
    holds: (reply) => (reply as { uid: string }).uid === ids.user,
  },
  'GET /v1/admin/setting/notification': {
    path: () => '/v1/admin/setting/notification',
    holds: (reply) => (reply as { notifyMonthlyReport: boolean }).notifyMonthlyReport === false,
  },
  'PUT /v1/admin/setting/notification': {
    path: () => '/v1/admin/setting/notification',
    body: (changes) => changes,
    holds: (reply) => (reply as { notifyMonthlyReport: boolean }).notifyMonthlyReport,
  },
  'POST /v1/admin/strategy/follower/{strategy_follow_id}': {
    path: () => `/v1/admin/strategy/follower/${ids.follow}`,
    body: (order) => ({ ...order, strategyFollowIds: [ids.follow] }),
  },
  'DELETE /v1/admin/strategy/follower/{strategy_follow_id}': {
    path: () => `/v1/admin/strategy/follower/${ids.follow}`,
  },
  'DELETE /v1/admin/strategy/follower/{strategy_id}/all': {
    path: () => `/v1/admin/strategy/follower/${ids.strategy}/all`,
  },
  'GET /v1/admin/setting/strategy/profile/list': {
    path: () => '/v1/admin/setting/strategy/profile/list',
    holds: (reply) => (reply as { items: { percentage: number }[] }).items[0]?.percentage === 1,
  },
  'POST /v1/admin/setting/strategy/profile': {
    path: () => '/v1/admin/setting/strategy/profile',
    body: (profile) => profile,
    holds: (reply) => (reply as { percentage: number }).percentage === 1.5,
  },
  'PUT /v1/admin/setting/strategy/profile/{strategy_profile_id}': {
    path: () => `/v1/admin/setting/strategy/profile/${ids.profile}`,
    body: (changes) => changes,
    holds: (reply) => (reply as { percentage: number }).percentage === 1.7,
  },
  'POST /v1/admin/subscription': {
    path: () => '/v1/admin/subscription',
    body: (plan) => plan,
    nullable: ['stripePriceId'],
    holds: (reply) => {
      const { id, maxBalanceUSD } = reply as { id: string; maxBalanceUSD: number }
      ids.plan = id
      return maxBalanceUSD === 500_000
    },
  },
  'GET /v1/admin/subscription/list': {
    path: () => '/v1/admin/subscription/list',
    holds: (reply) => (reply as { items: { id: string }[] }).items.some(({ id }) => id === ids.plan),
  },
  'PUT /v1/admin/subscription/{subscription_id}': {
    path: () => `/v1/admin/subscription/${ids.plan}`,
    body: (changes) => changes,
    // The other two replies of a plan show its price.
    added: ['monthlyPriceUSD'],
    nullable: ['stripePriceId'],
    holds: (reply) => (reply as { maxBalanceUSD: number }).maxBalanceUSD === 12_345,
  },
  'POST /v1/admin/setting/strategy': {
    path: () => '/v1/admin/setting/strategy',
    body: (strategy) => ({ ...strategy, ...reportKey }),
    added: ['secret'],
    holds: (reply) => {
      const shown = reply as { exchangeId: string; reportExchangeApiKey: string; secret: string }
      return shown.exchangeId === 'BINANCE' && shown.reportExchangeApiKey.includes('****') && shown.secret.length > 20
    },
  },
  'PUT /v1/admin/setting/strategy/{strategy_id}': {
    path: () => `/v1/admin/setting/strategy/${ids.strategy}`,
    body: (changes) => changes,
    nullable: ['reportExchangeApiKey'],
    holds: (reply) => (reply as { active: boolean }).active === false,
  },
}

beforeAll(() =>
  system.watched(async () => {
    operator = await ApiUser.logIn(gateway(), system.endpoints.operator ?? { username: '', password: '' })
    const names = { firstName: 'Anna', lastName: 'Doe', email: 'anna@example.com' }
    const user = { username: 'anna', password, roles: ['follower'], ...names }
    ids.user = (await operator.does<{ id: string }>('POST', '/v1/users', user)).id
    anna = await ApiUser.logIn(gateway(), { username: 'anna', password })
    await follow()
    await trade()
  }),
)

function gateway(): string {
  return system.endpoints.gateway ?? ''
}

let secret = ''

/** One account at the paper venue that follows one strategy. */
async function follow(): Promise<void> {
  const strategy = { name: 'Breakout', venue: 'binance-usdm', symbol: 'BTC/USDT' }
  const made = await operator.does<{ id: string; secret: string }>('POST', '/v1/strategies', strategy)
  ids.strategy = made.id
  secret = made.secret
  const profile = { name: 'Careful', riskPercent: '1' }
  ids.profile = (await operator.does<{ id: string }>('POST', '/v1/risk-profiles', profile)).id
  await operator.does('POST', '/v1/plans', everyonesPlan)
  const venue = ['--venue', 'binance-usdm', '--balance', '10000']
  const report = await system.tells<PaperCredentials>('paper', 'account', ...venue)
  reportKey = { reportExchangeApiKey: report.apiKey, reportExchangeApiSecretKey: report.secret }
  const { apiKey, secret: apiSecret } = await system.tells<PaperCredentials>('paper', 'account', ...venue)
  await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', entryPrice)
  const connected = { venue: 'binance-usdm', credentials: { apiKey, secret: apiSecret } }
  ids.account = (await anna.does<{ id: string }>('POST', '/v1/accounts', connected)).id
  const terms = { strategyId: ids.strategy, accountId: ids.account, riskProfileId: ids.profile, leverage: 2 }
  // signals learns of the account by its event.
  const { items } = await eventually(async () => {
    const { status, body } = await anna.asks<{ items: { id: string }[] }>('POST', '/v1/follows', { follows: [terms] })
    return status === 201 && body
  })
  ids.follow = items[0]?.id ?? ''
  await eventually(
    async () => (await operator.gets<{ USD: number }>(`${account}/exchange/balance/${ids.user}`)).USD > 0,
    {
      withinMs: knownWithinMs,
      describe: 'the balance is known',
    },
  )
  await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
}

/** One trade that ended at its target, and one that stands. */
async function trade(): Promise<void> {
  await alert('18900', '19900')
  await stateIs('protected')
  await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', '19950')
  await stateIs('closed')
  await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', entryPrice)
  await alert('18950', '19800')
  await stateIs('protected')
  await eventually(
    async () =>
      (await operator.gets<{ tradesOpen: number; tradesClosed: number }>('/v1/performance')).tradesClosed === 1,
    { withinMs: knownWithinMs, describe: 'the trade is in the ledger' },
  )
}

async function alert(stop: string, takeProfit: string): Promise<void> {
  const prices = { orderPrice: Number(entryPrice), stop, stopType: 'Market', takeProfit }
  const extra = { trailingTrigger: 'NaN', callbackRate: 'NaN', winRate: '60' }
  const answer = await postAlert(gateway(), { strategy: ids.strategy, secret, type: 'buy', ...prices, ...extra })
  expect(answer.status).toBe(200)
  ids.signal = answer.signalId ?? ''
}

function stateIs(wanted: string): Promise<unknown> {
  return eventually(
    async () => {
      const { items } = await anna.gets<{ items: { state: string; denial: unknown }[] }>(
        `/v1/orders?signalId=${ids.signal}`,
      )
      if (items[0]?.state === 'denied') throw new Error(`denied: ${JSON.stringify(items[0].denial)}`)
      return items[0]?.state === wanted
    },
    { withinMs: knownWithinMs, describe: `the bracket is ${wanted}` },
  )
}

describe('the list of the documented admin operations', () => {
  it('is covered: each has a replay, the alert in alert-surface.e2e-spec.ts', () => {
    expect([...Object.keys(replays), 'POST /v1/webhook/strategy'].toSorted()).toEqual(
      documented.map(({ operation }) => operation).toSorted(),
    )
  })
})

describe('the admin surface answers in the shape of its document:', () => {
  // In the order of the replays: some of them end what others show.
  const byName = new Map(documented.map((each) => [each.operation, each]))
  it.each(Object.keys(replays).map((operation) => [operation]))('%s', async (operation) => {
    const { request: given = {}, reply: shape } = byName.get(operation)!
    const { path, body, holds, ...leeway } = replays[operation]!
    const [method] = operation.split(' ') as [Method]
    const { status, body: reply } = await operator.asks<unknown>(method, path(), body?.(given))
    expect([status, reply]).toEqual([200, reply])
    if (shape !== undefined) expect(differences(shape, reply, leeway), JSON.stringify(reply)).toEqual([])
    if (holds !== undefined) expect(holds(reply), JSON.stringify(reply)).toBe(true)
  })

  it('and refuses a strategy as documented: fields that are wrong, and keys that the exchange refuses', async () => {
    const { request, refusals } = byName.get('POST /v1/admin/setting/strategy')!
    const path = '/v1/admin/setting/strategy'
    const wrongSymbol = await operator.asks<unknown>('POST', path, { ...request, symbol: 'BTCUSDT' })
    expect(wrongSymbol).toEqual({ status: 422, body: refusals?.['422']?.[0] })
    const unknownKey = await operator.asks<unknown>('POST', path, request)
    expect(unknownKey).toEqual({ status: 433, body: refusals?.['433']?.[0] })
    expect(
      (await operator.gets<{ items: { label: string }[] }>('/v1/accounts')).items.map(({ label }) => label),
    ).toEqual(['STRATEGY #5', 'Default'])
  })

  it('and refuses a plan as documented: a price id that there is not, and a second default', async () => {
    const { request, refusals } = byName.get('POST /v1/admin/subscription')!
    const [priceId, secondDefault] = refusals?.['422'] ?? []
    const { value: stripePriceId } = (priceId as { errors: { value: string }[] }).errors[0]!
    const post = (changes: object) =>
      operator.asks<unknown>('POST', '/v1/admin/subscription', { ...request, name: 'ANOTHER', ...changes })
    expect(await post({ stripePriceId })).toEqual({ status: 422, body: priceId })
    expect(await post({ default: true })).toEqual({ status: 422, body: secondDefault })
    const documentedChange = byName.get('PUT /v1/admin/subscription/{subscription_id}')!
    const put = (id: string, changes?: object) =>
      operator.asks<unknown>('PUT', `/v1/admin/subscription/${id}`, changes ?? documentedChange.request)
    expect(await put(ids.user)).toEqual({ status: 404, body: documentedChange.refusals?.['404']?.[0] })
    const wrongPrice = { status: 422, body: documentedChange.refusals?.['422']?.[0] }
    expect(await put(ids.plan, { stripePriceId })).toEqual(wrongPrice)
  })

  it('and refuses a risk profile as documented', async () => {
    const { request, refusals } = byName.get('POST /v1/admin/setting/strategy/profile')!
    const [wrongName] = refusals?.['422'] ?? []
    const { value: name } = (wrongName as { errors: { value: string }[] }).errors[0]!
    const asked = await operator.asks<unknown>('POST', '/v1/admin/setting/strategy/profile', { ...request, name })
    expect(asked).toEqual({ status: 422, body: wrongName })
  })

  it('and to nobody but operators', async () => {
    const bella = { username: 'bella', password, roles: ['follower', 'provider'] }
    await operator.does('POST', '/v1/users', bella)
    const provider = await ApiUser.logIn(gateway(), { username: 'bella', password })
    for (const [operation, { path }] of Object.entries(replays)) {
      const [method] = operation.split(' ') as [Method]
      const { status, body } = await provider.asks<{ message?: string }>(
        method,
        path(),
        method === 'GET' ? undefined : {},
      )
      expect([operation, status, Object.keys(body)]).toEqual([operation, 403, ['message']])
    }
  })

  it('and says of a path that is not documented that there is no such route', async () => {
    const asked = await operator.asks<unknown>('GET', '/v1/admin/setting/notifications')
    expect(asked).toEqual({ status: 404, body: { message: 'route not found' } })
  })
})
