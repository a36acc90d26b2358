import { RpcClient } from '@tradewire/bus/rpc-client'
import * as brokers from '@tradewire/contracts/events/brokers'
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import { gatewayService } from '@tradewire/gateway/service'
import { startIdentity } from '@tradewire/identity/testing/start-identity'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { ordersService } from '@tradewire/orders/service'
import { signalsService } from '@tradewire/signals/service'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiUser } from '../system/api-user.ts'

const backends = testBackends()
const password = 'correct horse battery staple'
const path = '/v1/admin/strategy/follower'
/** In the order in which `orders` plans them. */
const accountIds = [0, 1, 2].map((number) => uuidOfHash(`account ${number}`)).toSorted((a, b) => (a < b ? -1 : 1))
const unknownId = 'af42792c-b48e-4322-9716-07050cec48c8'
/** The document's own example but for the followers. */
const newOrders = {
  side: 'BUY',
  stopType: 'MARKET',
  stopPrice: 19350,
  takeProfitPrices: [19500, 19550, 19600, 19650],
}

let url = ''
let operator: ApiUser
let strategyId = ''
let follows: readonly string[] = []

beforeAll(async () => {
  const identity = await startIdentity(backends)
  await identity.app.get(RpcClient).ask(ensureOperator, { username: 'operator', password })
  await startTestService(signalsService, backends)
  const orders = await startTestService(ordersService, backends)
  const gateway = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
  url = gateway.url
  operator = await ApiUser.logIn(url, { username: 'operator', password })
  await operator.does('POST', '/v1/users', { username: 'provider', password, roles: ['provider'] })
  await connectAccounts(orders.app.get(Database))
  await follow()
})

beforeEach(() => backends.query(`update orders.bracket set holds_slot = false, state = 'closed', legs = '[]'`))

/** Stands in for brokers. */
async function connectAccounts(database: Database): Promise<void> {
  const observedAt = new Date().toISOString()
  const { id: userId } = await operator.gets<{ id: string }>('/v1/users/me')
  await database.transact(async (tx) => {
    tx.append(brokers.instrumentChanged, exampleOf(brokers.instrumentChanged, { observedAt }))
    for (const accountId of accountIds) {
      const connected = { accountId, userId, connectedAt: observedAt }
      tx.append(brokers.accountConnected, exampleOf(brokers.accountConnected, connected))
      const amounts = { total: '10000', free: '10000', equity: '10000' }
      tx.append(brokers.balanceUpdated, exampleOf(brokers.balanceUpdated, { accountId, ...amounts, observedAt }))
    }
  })
  for (const table of ['signals.account', 'orders.account', 'orders.balance']) await rows(table, accountIds.length)
  await rows('orders.instrument', 1)
}

async function follow(): Promise<void> {
  const terms = { venue: 'binance-usdm', symbol: 'BTC/USDT', entryType: 'limit' }
  strategyId = (await operator.does<{ id: string }>('POST', '/v1/strategies', { name: 'Breakout', ...terms })).id
  const profile = { name: 'Careful', riskPercent: '1' }
  const { id: riskProfileId } = await operator.does<{ id: string }>('POST', '/v1/risk-profiles', profile)
  const made = await operator.does<{ items: { id: string; accountId: string }[] }>('POST', '/v1/follows', {
    follows: accountIds.map((accountId) => ({ strategyId, accountId, riskProfileId, leverage: 10 })),
  })
  follows = accountIds.map((id) => made.items.find(({ accountId }) => accountId === id)!.id)
  await rows('orders.follow', follows.length)
}

function rows(from: string, count: number): Promise<unknown> {
  return eventually(async () => (await backends.query(`select 1 from ${from}`)).length === count, {
    describe: `${count} of ${from}`,
  })
}

const bracketsOf = (signalId: string) =>
  backends.query<{ bracket_id: string; follow_id: string; state: string }>(
    'select bracket_id, follow_id, state from orders.bracket where signal_id = $1 order by account_id',
    [signalId],
  )

/** The signal's orders for so many followers. */
const ordered = (signalId: string, count: number) =>
  eventually(async () => ((await bracketsOf(signalId)).length === count ? bracketsOf(signalId) : undefined))

describe('new orders in the words of the admin surface', () => {
  it('go to the chosen followers alone, at the market, sized like those of an alert', async () => {
    const [first, second] = follows
    const order = { ...newOrders, strategyFollowIds: [first, second] }
    const { status, body } = await operator.asks<{ signalId: string }>('POST', `${path}/${first}`, order)
    expect([status, Object.keys(body)]).toEqual([200, ['signalId']])
    const brackets = await ordered(body.signalId, 2)
    expect(brackets.map(({ follow_id: id, state }) => [id, state])).toEqual([
      [first, 'planned'],
      [second, 'planned'],
    ])
    const story = await operator.gets<ExplanationReply>(`/v1/orders/${brackets[0]!.bracket_id}/explain`)
    expect(story.signal).toMatchObject({ source: 'OPERATOR', side: 'buy', price: '19498.5', entryType: 'market' })
    // 1 % of 10,000 at a distance of 148.5 is 0.673.
    expect(story.bracket.quantity).toBe('0.673')
    expect(story.bracket.legs).toMatchObject([{ purpose: 'entry', type: 'market', side: 'buy' }])
  })

  it('are sent once, however often they are asked for', async () => {
    const [first, second, third] = follows
    const order = { ...newOrders, side: 'sell', stopPrice: '19650', takeProfitPrices: ['19500'], orderPrice: '19600' }
    const ask = (strategyFollowIds: unknown[]) =>
      operator.does<{ signalId: string }>('POST', `${path}/${first}`, { ...order, strategyFollowIds })
    const answers = await Promise.all([ask([first, second]), ask([second, first]), ask([first, second])])
    answers.push(await ask([first, second]))
    expect(new Set(answers.map(({ signalId }) => signalId)).size).toBe(1)
    const other = await ask([third])
    expect(other.signalId).not.toBe(answers[0].signalId)
    await ordered(other.signalId, 1)
    expect(await bracketsOf(answers[0].signalId)).toHaveLength(2)
  })

  it('go to the follower of the path where none are chosen', async () => {
    const order = { ...newOrders, stopPrice: 19351 }
    const { signalId } = await operator.does<{ signalId: string }>('POST', `${path}/${follows[2]}`, order)
    expect((await ordered(signalId, 1))[0]?.follow_id).toBe(follows[2])
  })
})

describe('closing in the words of the admin surface', () => {
  it('takes one follower off the market, then all, and nobody twice', async () => {
    const order = { ...newOrders, stopPrice: 19352, strategyFollowIds: follows }
    const { signalId } = await operator.does<{ signalId: string }>('POST', `${path}/${follows[0]}`, order)
    await ordered(signalId, 3)
    const close = (which: string) => operator.asks<unknown>('DELETE', `${path}/${which}`)
    expect(await close(follows[1]!)).toEqual({ status: 200, body: { closing: 1 } })
    expect((await bracketsOf(signalId)).map(({ state }) => state)).toEqual(['planned', 'closing', 'planned'])
    expect(await close(follows[1]!)).toEqual({ status: 200, body: { closing: 0 } })
    expect(await close(`${strategyId}/all`)).toEqual({ status: 200, body: { closing: 2 } })
    expect((await bracketsOf(signalId)).map(({ state }) => state)).toEqual(['closing', 'closing', 'closing'])
    expect(await close(`${strategyId}/all`)).toEqual({ status: 200, body: { closing: 0 } })
  })
})

describe('refusals of the admin surface', () => {
  it('name every wrong field with what was sent', async () => {
    const wrong = { side: 'HOLD', stopType: 'MARKET', stopPrice: '-1', takeProfitPrices: [], strategyFollowIds: ['x'] }
    const at = { location: 'body' }
    expect(await operator.asks<unknown>('POST', `${path}/${follows[0]}`, wrong)).toEqual({
      status: 422,
      body: {
        errors: [
          { value: 'HOLD', msg: 'must be supported trade side', param: 'side', ...at },
          { value: '-1', msg: 'must be greater than 0', param: 'stopPrice', ...at },
          { value: [], msg: 'must include at least one takeProfit', param: 'takeProfitPrices', ...at },
          { value: 'x', msg: 'must be UUID', param: 'strategyFollowIds[0]', ...at },
        ],
      },
    })
    const { body } = await operator.asks<{ errors: object[] }>('DELETE', `${path}/x`)
    expect(body.errors).toEqual([{ value: 'x', msg: 'must be UUID', param: 'strategyFollowId', location: 'params' }])
  })

  it('say what cannot be done with orders that are well-formed', async () => {
    const ask = async (changes: object) =>
      operator.asks<unknown>('POST', `${path}/${follows[0]}`, { ...newOrders, ...changes })
    const whole = (msg: string) => ({
      status: 422,
      body: { errors: [{ msg: expect.stringContaining(msg) as string, param: '_error', location: 'body' }] },
    })
    expect(await ask({ stopPrice: 19700 })).toEqual(whole('The stop or a target is on the wrong side of the price.'))
    expect(await ask({ strategyFollowIds: [follows[0], unknownId] })).toEqual(
      whole('Some of the chosen followers do not exist, are paused, or follow another strategy.'),
    )
    expect(await backends.query('select 1 from signals.signal where stop_price = 19700')).toEqual([])
  })

  it('have the bodies of the document: who is not known, who may not, what is not there', async () => {
    const nobody = await request(`${url}${path}/${unknownId}`, { method: 'DELETE' })
    expect([nobody.statusCode, await nobody.body.json()]).toEqual([401, { error: 'unauthorized' }])
    const provider = await ApiUser.logIn(url, { username: 'provider', password })
    for (const which of [follows[0], `${strategyId}/all`]) {
      const refused = await provider.asks<unknown>('DELETE', `${path}/${which}`)
      expect(refused).toEqual({
        status: 403,
        body: { message: expect.stringContaining('Your roles do not allow this.') },
      })
    }
    expect((await provider.asks('POST', `${path}/${follows[0]}`, newOrders)).status).toBe(403)
    const absent = [
      await operator.asks<unknown>('POST', `${path}/${unknownId}`, newOrders),
      await operator.asks<unknown>('DELETE', `${path}/${unknownId}`),
      await operator.asks<unknown>('DELETE', `${path}/${unknownId}/all`),
      await operator.asks<unknown>('GET', `/v1/admin/nothing`),
    ]
    expect(absent.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    expect(absent.map(({ body }) => Object.keys(body as object))).toEqual(absent.map(() => ['message']))
    expect(absent[3]?.body).toEqual({ message: 'route not found' })
    const broken = await request(`${url}${path}/${follows[0]}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator.token}`, 'content-type': 'application/json' },
      body: '{',
    })
    expect([broken.statusCode, Object.keys((await broken.body.json()) as object)]).toEqual([400, ['message']])
  })
})
