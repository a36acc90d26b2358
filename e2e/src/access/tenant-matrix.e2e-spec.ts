import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import { withDatabase } from '@tradewire/chaos/kit/read-history'
import type { RouteContract } from '@tradewire/contracts/define-route'
import { allRoutes } from '@tradewire/contracts/http/all'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { documentedBody } from '../system/documented-body.ts'
import { payAtPage } from '../system/payment-page.ts'
import { realSystem } from '../system/real-system.ts'

/** Nothing is read anew at a venue while rows are compared. */
const settings = {
  GATEWAY_RATE_LIMIT: 'false',
  BILLING_PROVIDERS: 'mock',
  BROKERS_BALANCE_EVERY_MS: '3600000',
  BROKERS_RECONCILE_EVERY_MS: '600000',
}
const system = realSystem({ processes: false, settings })
const knownWithinMs = 20_000
const password = 'correct horse battery staple'
const market = { venue: 'binance-usdm', symbol: 'BTC/USDT' }
const entryPrice = 19_300
const tenants = ['provider', 'follower'] as const

interface Identified {
  readonly id: string
}

let operator: ApiUser
let anna: ApiUser
let bella: ApiUser
const nothingsId = '01963a5e-0000-7000-8000-0000000000ff'
/** Everything of Anna's that a path can name. She has no fee, as no period has ended yet, and no device with a passkey. */
const annas: Record<string, string> = { feeId: nothingsId, passkeyId: nothingsId }

/** What anyone may see of what somebody else offers, and why that is no leak. */
const onOffer: Readonly<Record<string, string>> = {
  getStrategy: 'a strategy is on offer, without its secret',
  listStrategyPrices: 'so are its prices',
  getStrategyPerformanceFee: 'and what its owner takes of the profit',
  marketplaceStrategy: 'the marketplace shows it',
  marketplacePerformance: 'with what it has brought',
  listFollowerPerformance: "the caller's own follows of it: none",
}

const byPath = new Map(allRoutes.map((route) => [`${route.method} ${route.path}`, route]))
const foreign = [...byPath.values()].filter(
  ({ access, path }) => access !== 'public' && path.includes('{') && tenants.some((role) => access.includes(role)),
)

beforeAll(() =>
  system.watched(async () => {
    const gateway = system.endpoints.gateway ?? ''
    operator = await ApiUser.logIn(gateway, system.endpoints.operator ?? { username: '', password: '' })
    ;[anna, bella] = await Promise.all(
      ['anna', 'bella'].map(async (username) => {
        const user = { username, password, roles: [...tenants], email: `${username}@example.com` }
        await operator.does('POST', '/v1/users', user)
        return ApiUser.logIn(gateway, { username, password })
      }) as [Promise<ApiUser>, Promise<ApiUser>],
    )
    // Belongs to the installation, and would be made with its first subscription.
    const profile = { name: 'Subscription', riskPercent: '1' }
    const { id: riskProfileId } = await operator.does<Identified>('POST', '/v1/risk-profiles', profile)
    await ownsEverything(riskProfileId)
    await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
  }),
)

async function ownsEverything(riskProfileId: string): Promise<void> {
  const strategy = await anna.does<Identified & { secret: string }>('POST', '/v1/strategies', {
    name: 'Hers',
    ...market,
  })
  const account = await connected()
  const { items: sessions } = await anna.gets<Page<Identified>>('/v1/sessions')
  const { id: apiKeyId } = await anna.does<Identified>('POST', '/v1/api-keys', { name: 'hers', scopes: ['read'] })
  const hook = await anna.does<Identified>('POST', '/v1/webhook-endpoints', {
    url: 'http://127.0.0.1:9/hook',
    events: ['trade.opened'],
  })
  const follow = { strategyId: strategy.id, accountId: account, riskProfileId }
  const { items: made } = await eventually(
    async () => {
      const { status, body } = await anna.asks<Page<Identified>>('POST', '/v1/follows', { follows: [follow] })
      return status === 201 ? body : undefined
    },
    { withinMs: knownWithinMs, describe: 'signals knows the account' },
  )
  Object.assign(annas, {
    strategyId: strategy.id,
    accountId: account,
    account_id: account,
    sessionId: sessions[0]!.id,
    apiKeyId,
    endpointId: hook.id,
    followId: made[0]!.id,
  })
  await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
  await hasTraded(strategy)
  const { killSwitch } = await anna.does<{ killSwitch: Identified }>('POST', '/v1/kill-switches', {
    scope: 'follow',
    scopeId: annas['followId'],
    mode: 'exit-only',
    reason: 'to be released by nobody else',
  })
  Object.assign(annas, { killSwitchId: killSwitch.id, ...(await hasPaid(strategy.id)) })
}

async function connected(): Promise<string> {
  const { apiKey, secret } = await system.tells<PaperCredentials>(
    'paper',
    'account',
    '--venue',
    market.venue,
    '--balance',
    '10000',
  )
  await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', String(entryPrice))
  const { id } = await anna.does<Identified>('POST', '/v1/accounts', {
    venue: market.venue,
    credentials: { apiKey, secret },
  })
  return id
}

/** A signal, its order, the trade, and a delivery that tells of it. */
async function hasTraded({ id: strategyId, secret }: Identified & { readonly secret: string }): Promise<void> {
  const { signalId } = await postAlert(system.endpoints.gateway ?? '', {
    strategy: strategyId,
    secret,
    type: 'buy',
    orderPrice: entryPrice,
    stop: entryPrice - 400,
    stopType: 'Market',
    takeProfit: entryPrice + 600,
    trailingTrigger: 'NaN',
    callbackRate: 'NaN',
    winRate: '60',
  })
  const first = (path: string, what: string) =>
    eventually(async () => (await anna.gets<Page<Identified>>(path)).items[0]?.id, {
      withinMs: knownWithinMs,
      describe: what,
    })
  const orderId = await first(`/v1/orders?signalId=${signalId}`, 'the order is planned')
  const tradeId = await first('/v1/trades', 'the trade is told')
  const deliveryId = await first(`/v1/webhook-endpoints/${annas['endpointId']}/deliveries`, 'a delivery is made')
  Object.assign(annas, { signalId, orderId, tradeId, deliveryId })
}

async function hasPaid(strategyId: string): Promise<Record<string, string>> {
  const prices = [{ currency: 'USD', cycle: 'monthly', amount: '99' }]
  await eventually(
    async () => (await anna.asks('PUT', `/v1/strategies/${strategyId}/prices`, { prices })).status === 200,
    { withinMs: knownWithinMs, describe: 'billing knows the strategy' },
  )
  const intent = { strategy_id: strategyId, payment_method: 'mock', currency: 'USD', billing_cycle: 'monthly' }
  const { subscription_id: subscriptionId, payment_url: paymentUrl } = await anna.does<{
    subscription_id: string
    payment_url: string
  }>('POST', '/api/v1/payments/create-intent/', intent)
  await payAtPage(system.endpoints.gateway ?? '', paymentUrl)
  const invoiceId = await eventually(async () => (await anna.gets<Page<Identified>>('/v1/invoices')).items[0]?.id, {
    withinMs: knownWithinMs,
    describe: 'the payment has its invoice',
  })
  const { items: payments } = await anna.gets<Page<Identified>>('/v1/payments')
  const paymentId = payments[0]!.id
  // The note of what was given back is there with the answer.
  await operator.does('POST', `/v1/payments/${paymentId}/refund`, { amount: '9', requestId: nothingsId })
  const { items: notes } = await anna.gets<Page<Identified>>('/v1/credit-notes')
  return { subscriptionId, invoiceId, paymentId, creditNoteId: notes[0]!.id }
}

/** A body that the contract takes, about Anna's things where it names any. */
function bodyOf(route: RouteContract): object | undefined {
  const example = documentedBody(route)
  if (example === undefined) return undefined
  return Object.fromEntries(Object.entries(example).map(([key, value]) => [key, annas[key] ?? value])) as object
}

/** `{id}` stands for what the path speaks of. */
function idFor(parameter: string, path: string): string | undefined {
  if (parameter !== 'id') return annas[parameter]
  const kind = { strategies: 'strategyId', subscriptions: 'followId', payments: 'paymentId', webhooks: 'endpointId' }
  return annas[kind[path.split('/')[3] as keyof typeof kind]]
}

function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
}

/** One line for each table: its rows, in any order. Tables that move by themselves are left out, and the audit log: it notes what was refused as well. */
async function tables(): Promise<Record<string, string>> {
  const moving =
    /\.(?:outbox|inbox|bus_store|partition_lease|lease_process|session|balance|balance_day|holding|audit_entry)$|^webhooks\.(?:attempt|delivery)$/
  return withDatabase(system, async (client) => {
    const { rows } = await client.query<{ schema: string; name: string }>(
      `select table_schema as schema, table_name as name from information_schema.tables
       where table_schema in ('identity', 'signals', 'orders', 'brokers', 'reporting', 'webhooks', 'billing') order by 1, 2`,
    )
    const digests: Record<string, string> = {}
    for (const { schema, name } of rows.filter((table) => !moving.test(`${table.schema}.${table.name}`))) {
      const { rows: found } = await client.query<{ digest: string }>(
        `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from "${schema}"."${name}" t`,
      )
      digests[`${schema}.${name}`] = found[0]!.digest
    }
    return digests
  })
}

describe('what belongs to somebody else', () => {
  it('has an id for every route that names something of a user', () => {
    const without = foreign.flatMap(({ path }) =>
      parametersOf(path)
        .filter((parameter) => idFor(parameter, path) === undefined)
        .map((name) => `${path}: ${name}`),
    )
    expect(without).toEqual([])
  })

  it('is not there: every route answers 404, and nothing is changed', () =>
    system.watched(async () => {
      const before = await tables()
      const answers: string[] = []
      for (const route of foreign.filter(({ operation }) => !(operation in onOffer))) {
        const { method, operation, path } = route
        const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => idFor(name, path)!)
        const { status, body } = await bella.asks<unknown>(method, filled, bodyOf(route))
        if (status !== 404) answers.push(`${operation}: ${status} ${JSON.stringify(body)?.slice(0, 200)}`)
      }
      expect(answers).toEqual([])
      await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
      expect(await tables()).toEqual(before)
    }))

  it('is in no list', () =>
    system.watched(async () => {
      const hers = Object.entries(annas).filter(([name]) => name !== 'strategyId')
      const lists = [...byPath.values()].filter(
        ({ method, path, access }) =>
          method === 'GET' &&
          !path.includes('{') &&
          access !== 'public' &&
          tenants.some((role) => access.includes(role)),
      )
      const leaks: string[] = []
      for (const { operation, path } of lists) {
        const { body } = await bella.asks<unknown>('GET', path)
        const text = JSON.stringify(body ?? null)
        leaks.push(...hers.filter(([, id]) => text.includes(id)).map(([name]) => `${operation}: ${name}`))
      }
      expect(leaks).toEqual([])
    }))
})
