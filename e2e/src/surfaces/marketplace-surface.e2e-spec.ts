import { readFileSync } from 'node:fs'
import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { numberOfId } from '@tradewire/kernel/ids'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type Method } from '../system/api-user.ts'
import { documentedOperations, type Replay } from '../system/documented-operation.ts'
import { differences } from '../system/documented-shape.ts'
import { payAtPage } from '../system/payment-page.ts'
import { realSystem } from '../system/real-system.ts'
import { startWebhookInbox, type WebhookInbox } from '../system/webhook-inbox.ts'

/** None is replayed without a look at what it says. */
type HeldReplay = Replay<never> & Required<Pick<Replay<never>, 'holds'>>

const documented = documentedOperations('marketplace-surface.json')
const byName = new Map(documented.map((each) => [each.operation, each]))

const settings = { GATEWAY_RATE_LIMIT: 'false', BILLING_PROVIDERS: 'mock' }
const system = realSystem({ processes: false, settings })
const knownWithinMs = 20_000
const password = 'correct horse battery staple'
const entryPrice = '19300'
const surface = '/api/v1'

const myfxbookUrl = 'https://www.myfxbook.com/members/strategy123'

interface ShownPerformance {
  readonly myfxbook_url: string
  readonly performance: { readonly trades_count: number; readonly win_rate: number }
}

let inbox: WebhookInbox
let operator: ApiUser
let anna: ApiUser
let bella: ApiUser
const ids = { account: '', strategy: '', subscription: '', secret: '', paymentUrl: '' }
/** The same as the surface shows them, and takes them. */
const numbers = { account: 0, strategy: 0 }

/** One for each documented operation that is built, in the order of a newcomer's path. */
const replays: Readonly<Record<string, HeldReplay>> = {
  'POST /api/v1/auth/login/': {
    path: () => `${surface}/auth/login/`,
    body: (login) => ({ ...login, username: 'anna', password }),
    holds: (reply: { user: { username: string } }) => reply.user.username === 'anna',
  },
  'POST /api/v1/accounts/mt5/': {
    path: () => `${surface}/accounts/mt5/`,
    // Word for word: behind the platform's token the account is made at MetaApi, where the id is not known.
    body: (given) => given,
    holds: (reply: { account_id: string; is_connected: boolean }) =>
      reply.account_id === '12345678' && reply.is_connected,
  },
  'POST /api/v1/payments/create-intent/': {
    path: () => `${surface}/payments/create-intent/`,
    body: (intent) => ({ ...intent, strategy_id: numbers.strategy, payment_method: 'mock' }),
    added: ['payment_url'],
    nullable: ['client_secret'],
    holds: (reply: { amount: number; currency: string; payment_url: string }) => {
      ids.paymentUrl = reply.payment_url
      return reply.amount === 9_900 && reply.currency === 'usd'
    },
  },
  'POST /api/v1/strategies/{id}/subscribe/': {
    path: () => `${surface}/strategies/${numbers.strategy}/subscribe/`,
    body: (terms) => ({ ...terms, mt5_account_id: numbers.account }),
    holds: (reply: { id: string; allocation_percentage: number; is_active: boolean }) => {
      ids.subscription = reply.id
      return reply.allocation_percentage === 25 && reply.is_active
    },
  },
  'GET /api/v1/accounts/mt5/{account_id}/status/': {
    // By the login, as in the document.
    path: () => `${surface}/accounts/mt5/12345678/status/`,
    nullable: ['margin_level'],
    holds: (reply: { balance: number; is_connected: boolean }) => reply.balance > 0 && reply.is_connected,
  },
}

/** After a trade: these show what came of it. */
const laterReplays: Readonly<Record<string, HeldReplay>> = {
  'GET /api/v1/strategies/': {
    path: () => `${surface}/strategies/?risk_level=low&min_return=0.1&asset=crypto&page=1`,
    holds: ({ count, results }: { count: number; results: { id: number }[] }) =>
      count === 1 && results[0]?.id === numbers.strategy,
  },
  'GET /api/v1/strategies/{id}/performance/': {
    path: () => `${surface}/strategies/${numbers.strategy}/performance/`,
    added: ['verification'],
    nullable: ['performance.profit_factor'],
    holds: ({ myfxbook_url, performance: { trades_count, win_rate } }: ShownPerformance) =>
      myfxbook_url === myfxbookUrl && trades_count === 1 && win_rate === 100,
  },
}

/** Documented, and shown to hold somewhere else: in which file, by a test whose name has these words. */
const shownElsewhere: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'LIMIT 100/min': ['e2e/src/surfaces/front-door.e2e-spec.ts', 'has the limits of its document'],
  'LIMIT 10/min': ['e2e/src/surfaces/front-door.e2e-spec.ts', 'has the limits of its document'],
  'LIMIT 1000/min': [
    'services/gateway/src/behaviour/gateway.int-spec.ts',
    'let users with a premium plan ask more often',
  ],
  'EVENT account.disconnected': [
    'services/brokers/src/use-cases/track-health/track-health.int-spec.ts',
    'is told once per outage',
  ],
}
const events = ['trade.opened', 'trade.closed', 'payment.succeeded', 'payment.failed', 'account.disconnected']

beforeAll(async () => {
  inbox = await startWebhookInbox()
  await system.watched(async () => {
    operator = await ApiUser.logIn(gateway(), system.endpoints.operator ?? { username: '', password: '' })
    ;[anna, bella] = [await newcomer('anna'), await newcomer('bella')]
    await strategyWithPrice()
    await account()
  })
})
afterAll(() => inbox.stop())

/** As the payer does on the page of the mock provider; who has not paid does not take part. */
function gateway(): string {
  return system.endpoints.gateway ?? ''
}

async function newcomer(username: string): Promise<ApiUser> {
  const user = { username, password, roles: ['follower'], email: `${username}@example.com` }
  await operator.does('POST', '/v1/users', user)
  return ApiUser.logIn(gateway(), { username, password })
}

async function strategyWithPrice(): Promise<void> {
  const strategy = { name: 'Breakout', venue: 'binance-usdm', symbol: 'BTC/USDT', myfxbookUrl }
  const made = await operator.does<{ id: string; secret: string }>('POST', '/v1/strategies', strategy)
  Object.assign(ids, { strategy: made.id, secret: made.secret })
  numbers.strategy = numberOfId(made.id)
  const prices = [{ currency: 'USD', cycle: 'monthly', amount: '99' }]
  await eventually(
    async () => (await operator.asks('PUT', `/v1/strategies/${ids.strategy}/prices`, { prices })).status === 200,
    { withinMs: knownWithinMs, describe: 'billing knows the strategy' },
  )
}

async function account(): Promise<void> {
  const venue = ['--venue', 'binance-usdm', '--balance', '10000']
  const { apiKey, secret } = await system.tells<PaperCredentials>('paper', 'account', ...venue)
  await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', entryPrice)
  const connected = { venue: 'binance-usdm', credentials: { apiKey, secret } }
  ids.account = (await anna.does<{ id: string }>('POST', '/v1/accounts', connected)).id
  numbers.account = numberOfId(ids.account)
  await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
}

async function replay(operation: string, { path, body, holds, ...leeway }: HeldReplay): Promise<void> {
  const { request: given = {}, reply: shape } = byName.get(operation)!
  const [method] = operation.split(' ') as [Method]
  const { status, body: reply } = await anna.asks<unknown>(method, path(), body?.(given))
  expect([status, reply]).toEqual([200, reply])
  if (shape !== undefined) expect(differences(shape, reply, leeway), JSON.stringify(reply)).toEqual([])
  expect(holds(reply as never), JSON.stringify(reply)).toBe(true)
}

describe('the list of the documented marketplace operations', () => {
  it('is covered: each has a replay here or is shown elsewhere', () => {
    const covered = [replays, laterReplays, shownElsewhere].flatMap((list) => Object.keys(list))
    const all = new Set([...covered, ...events.map((event) => `EVENT ${event}`)])
    expect([...all].toSorted()).toEqual(documented.map(({ operation }) => operation).toSorted())
  })
})

describe('shown elsewhere:', () => {
  it.each(Object.entries(shownElsewhere))('%s, in %s', (_, [file, words]) => {
    const names = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8').matchAll(/\bit\('(.*)',/g)
    expect([...names].some(([, name]) => name?.includes(words))).toBe(true)
  })
})

describe('the marketplace surface', () => {
  it('takes an endpoint for all documented events', async () => {
    const made = await anna.does<{ id: string; secret: string }>('POST', `${surface}/webhooks/`, {
      url: inbox.url,
      events,
    })
    inbox.verifyWith(made.secret)
    const { results } = await anna.gets<{ results: unknown[] }>(`${surface}/webhooks`)
    expect(results).toMatchObject([{ id: made.id, events, is_active: true }])
    expect(results[0]).not.toHaveProperty('secret')
  })

  it.each(Object.entries(replays))('answers in the shape of its document: %s', replay)

  it('plays a trade of a strategy that is paid, and tells of it in the documented shape', async () => {
    await payAtPage(gateway(), ids.paymentUrl, 'failed')
    await told('payment.failed')
    await payAtPage(gateway(), ids.paymentUrl)
    await told('payment.succeeded')
    await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
    const prices = { orderPrice: Number(entryPrice), stop: '18900', stopType: 'Market', takeProfit: '19900' }
    const extra = { trailingTrigger: 'NaN', callbackRate: 'NaN', winRate: '60' }
    const alert = { strategy: ids.strategy, secret: ids.secret, type: 'buy', ...prices, ...extra }
    expect((await postAlert(gateway(), alert)).status).toBe(200)
    const opened = await told('trade.opened')
    const { reply: shape } = byName.get('EVENT trade.opened')!
    const missing = differences(shape!, opened).filter((difference) => !difference.endsWith('is not documented'))
    expect(missing, JSON.stringify(opened)).toEqual([])
    // 25 % of 10,000 at 19,300, in whole steps.
    expect(opened.data).toMatchObject({ volume: 0.129, mt5_account_id: numbers.account, account_id: ids.account })
    await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', '19950')
    expect((await told('trade.closed')).data).toMatchObject({ mt5_account_id: numbers.account })
    await eventually(
      async () => {
        const one = await anna.gets<{ trades_count: number }>(`${surface}/strategies/${ids.strategy}/`)
        return one.trades_count === 1
      },
      { withinMs: knownWithinMs, describe: 'the trade is in the figures' },
    )
  })

  it.each(events.filter((event) => !(`EVENT ${event}` in shownElsewhere)))(
    'has told by then, signed and in the documented form: EVENT %s',
    async (event) => {
      expect(await told(event)).toMatchObject({ event, timestamp: expect.any(String), data: expect.any(Object) })
    },
  )

  it.each(Object.entries(laterReplays))('answers in the shape of its document: %s', replay)

  it('shows the owner of a subscription what it brought, and nobody else', async () => {
    const path = `${surface}/subscriptions/${ids.subscription}/performance/`
    expect(await anna.gets(path)).toMatchObject({ performance: { trades_count: 1 } })
    expect((await bella.asks('GET', path)).status).toBe(404)
  })

  it('answers 404 for what is somebody else’s', async () => {
    const { results } = await anna.gets<{ results: { id: string }[] }>(`${surface}/payments/`)
    const { results: hooks } = await anna.gets<{ results: { id: string }[] }>(`${surface}/webhooks/`)
    const terms = { mt5_account_id: ids.account, allocation_percentage: 10 }
    const foreign: [Method, string, object?][] = [
      ['GET', `/payments/${results[0]?.id}/`],
      ['GET', `/webhooks/${hooks[0]?.id}/`],
      ['DELETE', `/webhooks/${hooks[0]?.id}/`],
      ['GET', `/accounts/mt5/${ids.account}/status/`],
      ['DELETE', `/accounts/mt5/${ids.account}/`],
      ['GET', `/strategies/${ids.account}/performance/`],
      ['GET', `/accounts/mt5/${numbers.account}/status/`],
      ['DELETE', '/accounts/mt5/12345678/'],
      ['POST', `/strategies/${numbers.strategy}/subscribe/`, { ...terms, mt5_account_id: numbers.account }],
      ['GET', '/strategies/1/performance/'],
      ['POST', `/strategies/${ids.strategy}/subscribe/`, terms],
      ['POST', `/strategies/${ids.strategy}/unsubscribe/`, { mt5_account_id: ids.account }],
    ]
    for (const [method, path, body] of foreign) {
      const answer = await bella.asks(method, surface + path, body)
      expect([path, answer.status, Object.keys(answer.body.error)]).toEqual([path, 404, ['code', 'message', 'details']])
    }
    expect(await bella.gets(`${surface}/payments/`)).toMatchObject({ count: 0, results: [] })
  })

  it('leaves a strategy, closing what is held, and follows it anew', async () => {
    const leave = { mt5_account_id: ids.account, positions: 'close_now' }
    const left = await anna.does('POST', `${surface}/strategies/${ids.strategy}/unsubscribe/`, leave)
    expect(left).toMatchObject({ id: ids.subscription, is_active: false, closing: 0 })
    const terms = { account_id: ids.account, allocation_percentage: '10' }
    const subscribe = () => anna.asks('POST', `${surface}/strategies/${ids.strategy}/subscribe`, terms)
    expect(await subscribe()).toMatchObject({ status: 200, body: { id: ids.subscription, allocation_percentage: 10 } })
    expect(await subscribe()).toMatchObject({ status: 400, body: { error: { code: 'FOLLOW_EXISTS' } } })
  })

  it('leaves a strategy with a position that stays the follower’s own when it is closed, until it is closed now', async () => {
    await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', entryPrice)
    await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
    const prices = { orderPrice: Number(entryPrice), stop: '18900', stopType: 'Market', takeProfit: '19900' }
    const extra = { trailingTrigger: 'NaN', callbackRate: 'NaN', winRate: '61' }
    const alert = { strategy: ids.strategy, secret: ids.secret, type: 'buy', ...prices, ...extra }
    expect((await postAlert(gateway(), alert)).status).toBe(200)
    await eventually(async () => (await held())[0]?.state === 'protected', {
      withinMs: knownWithinMs,
      describe: 'a position is held under its stop',
    })
    const leave = (positions: string) =>
      anna.does('POST', `${surface}/strategies/${ids.strategy}/unsubscribe/`, { account_id: ids.account, positions })
    expect(await leave('keep')).toMatchObject({ is_active: false, positions: 'keep', closing: 0 })
    expect(await operator.does('POST', `/v1/strategies/${ids.strategy}/close`)).toEqual({ closing: 0 })
    expect(await held()).toMatchObject([{ state: 'protected' }])
    expect(await leave('close_now')).toMatchObject({ positions: 'close_now', closing: 1 })
    await eventually(async () => (await held()).length === 0, { withinMs: knownWithinMs, describe: 'it is closed' })
  })

  it('shows an account by its login, its number and its id alike, each with a slash at the end or not', async () => {
    const shown = await Promise.all(
      [numbers.account, ids.account].map((each) => anna.gets<{ id: number }>(`${surface}/accounts/mt5/${each}/status`)),
    )
    expect(shown.map(({ id }) => id)).toEqual([numbers.account, numbers.account])
    const { results } = await anna.gets<{ results: { id: number }[] }>(`${surface}/accounts/mt5/`)
    const byLogin = await anna.gets<{ id: number }>(`${surface}/accounts/mt5/12345678/status/`)
    expect(results).toMatchObject([{ id: byLogin.id, account_id: '12345678', platform: 'metaapi' }])
  })

  it('refreshes a session and ends it', async () => {
    const login = { username: 'anna', password }
    const { refresh } = await anna.does<{ refresh: string }>('POST', `${surface}/auth/login`, login)
    const next = await anna.does<{ refresh: string }>('POST', `${surface}/auth/refresh`, { refresh })
    expect((await anna.asks('POST', `${surface}/auth/logout`, { refresh: next.refresh })).status).toBe(200)
    expect((await anna.asks('POST', `${surface}/auth/refresh`, { refresh: next.refresh })).status).toBe(401)
  })
})

async function held(): Promise<{ state: string }[]> {
  return (await anna.gets<{ items: { state: string }[] }>('/v1/positions')).items
}

function told(event: string) {
  return eventually(() => [...inbox.received.values()].find((payload) => payload.event === event), {
    withinMs: knownWithinMs,
    describe: `${event} arrives`,
  })
}
