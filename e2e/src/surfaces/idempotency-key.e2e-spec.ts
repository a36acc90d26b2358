import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { eventually } from '@tradewire/testkit/eventually'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser } from '../system/api-user.ts'
import { realSystem } from '../system/real-system.ts'

const system = realSystem({
  processes: false,
  settings: { GATEWAY_RATE_LIMIT: 'false', BILLING_PROVIDERS: 'mock' },
})
const requestsAtOnce = 50
const signal = { side: 'buy', price: '19300', stop: { price: '18900' }, targets: ['19900'] }

let operator: ApiUser
let strategy = ''
/** Another one, which the account follows. */
let [followed, account, follow] = ['', '', '']

beforeAll(() =>
  system.watched(async () => {
    operator = await ApiUser.logIn(gateway(), system.endpoints.operator ?? { username: '', password: '' })
    const wanted = { name: 'Breakout', venue: 'binance-usdm', symbol: 'BTC/USDT' }
    strategy = (await operator.does<{ id: string }>('POST', '/v1/strategies', wanted)).id
    followed = (await operator.does<{ id: string }>('POST', '/v1/strategies', wanted)).id
    const venue = ['--venue', wanted.venue, '--balance', '10000']
    const { apiKey, secret } = await system.tells<PaperCredentials>('paper', 'account', ...venue)
    const connected = { venue: wanted.venue, credentials: { apiKey, secret } }
    account = (await operator.does<{ id: string }>('POST', '/v1/accounts', connected)).id
    const profile = { name: 'Careful', riskPercent: '1' }
    const riskProfileId = (await operator.does<{ id: string }>('POST', '/v1/risk-profiles', profile)).id
    const follows = [{ strategyId: followed, accountId: account, riskProfileId }]
    // signals learns of the account, and billing of the strategy, by events.
    const { items } = await eventually(async () => {
      const { status, body } = await operator.asks<{ items: { id: string }[] }>('POST', '/v1/follows', { follows })
      return status === 201 && body
    })
    follow = items[0]?.id ?? ''
    const prices = [{ currency: 'USD', cycle: 'monthly', amount: '99' }]
    await eventually(
      async () => (await operator.asks('PUT', `/v1/strategies/${strategy}/prices`, { prices })).status === 200,
    )
  }),
)

function gateway(): string {
  return system.endpoints.gateway ?? ''
}

interface Failed {
  readonly error: { readonly code: string }
}

function post<Body>(path: string, body: object, key: string) {
  return operator.asks<Body & Partial<Failed>>('POST', path, body, { 'idempotency-key': key })
}

/** Of equal requests at once: each is a success, the same one, or told that the first is under way. */
async function atOnce<Body>(path: string, body: object, key: string): Promise<Body[]> {
  const answers = await Promise.all(Array.from({ length: requestsAtOnce }, () => post<Body>(path, body, key)))
  const refused = answers.filter(({ status }) => status >= 300)
  // The admin surface's refusals have a message and no code.
  const inFlight = ({ error }: Partial<Failed>) =>
    error === undefined ? 409 : error.code === 'REQUEST_IN_FLIGHT' && 409
  const others = refused.filter(({ status, body }) => status !== inFlight(body))
  expect(others).toEqual([])
  const done = answers.filter(({ status }) => status < 300).map((answer) => answer.body as Body)
  expect(done.length).toBeGreaterThan(0)
  return done
}

describe('fifty equal requests at once with one Idempotency-Key', () => {
  it('send one signal, and each repetition later is answered with it', async () => {
    const path = `/v1/strategies/${strategy}/signals`
    const done = await atOnce<{ signalId: string }>(path, signal, 'a-signal')
    const again = await post<{ signalId: string }>(path, signal, '"a-signal"')
    expect(again.status).toBe(202)
    expect(new Set([...done, again.body].map(({ signalId }) => signalId)).size).toBe(1)
    const { items } = await operator.gets<{ items: { id: string }[] }>(`/v1/signals?strategyId=${strategy}`)
    expect(items.map(({ id }) => id)).toEqual([again.body.signalId])
    const other = await post<{ signalId: string }>(path, signal, 'another-signal')
    expect(other).toMatchObject({ status: 202 })
    expect(other.body.signalId).not.toBe(again.body.signalId)
  })

  it('buy once', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '150.50', currency: 'USD' }]
    const { items } = await operator.does<{ items: { id: string }[] }>('POST', '/v1/products', { products })
    const wish = { provider: 'mock', products: [{ productId: items[0]?.id, quantity: 1 }] }
    const done = await atOnce<{ purchaseId: string; payment: { paymentId: string } }>(
      '/v1/purchases',
      wish,
      'a-purchase',
    )
    expect(new Set(done.map(({ payment }) => payment.paymentId)).size).toBe(1)
    await eventually(async () => (await post('/v1/purchases', wish, 'a-purchase')).status === 201)
    expect((await operator.gets<{ items: unknown[] }>('/v1/purchases')).items).toHaveLength(1)
    expect((await operator.gets<{ items: unknown[] }>('/v1/payments')).items).toHaveLength(1)
    const changed = { ...wish, products: [{ productId: items[0]?.id, quantity: 2 }] }
    expect(await post('/v1/purchases', changed, 'a-purchase')).toMatchObject({
      status: 422,
      body: { error: { code: 'IDEMPOTENCY_KEY_REUSED' } },
    })
  })

  it('order once for chosen followers, in the words of the admin surface', async () => {
    const path = `/v1/admin/strategy/follower/${follow}`
    const order = { side: 'BUY', stopType: 'MARKET', stopPrice: 18_900, takeProfitPrices: [19_900] }
    const done = await atOnce<{ signalId: string }>(path, order, 'an-order')
    expect(new Set(done.map(({ signalId }) => signalId)).size).toBe(1)
    await eventually(async () => (await post(path, order, 'an-order')).status === 200)
    const { items } = await operator.gets<{ items: { source: string; stop: { price: string } }[] }>(
      `/v1/signals?strategyId=${followed}`,
    )
    expect(items.map(({ source, stop }) => [source, stop.price])).toEqual([['OPERATOR', '18900']])
    const changed = await post<{ errors: unknown[] }>(path, { ...order, stopPrice: 18_800 }, 'an-order')
    expect([changed.status, changed.body.errors?.length]).toEqual([422, 1])
  })

  it('subscribe, pay and leave once each, in the words of the marketplace surface', async () => {
    const intent = { strategy_id: strategy, payment_method: 'mock', currency: 'USD', billing_cycle: 'monthly' }
    const before = (await operator.gets<{ items: unknown[] }>('/v1/payments')).items.length
    const paid = await atOnce<{ subscription_id: string }>('/api/v1/payments/create-intent/', intent, 'an-intent')
    expect(new Set(paid.map(({ subscription_id }) => subscription_id)).size).toBe(1)
    expect((await operator.gets<{ items: unknown[] }>('/v1/payments')).items).toHaveLength(before + 1)

    const terms = { account_id: account, allocation_percentage: 25 }
    const made = await atOnce<{ id: string }>(`/api/v1/strategies/${strategy}/subscribe/`, terms, 'a-subscription')
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    const leave = { account_id: account, positions: 'close_now' }
    const left = await atOnce<{ id: string }>(`/api/v1/strategies/${strategy}/unsubscribe/`, leave, 'a-leaving')
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set(made.map(({ id }) => id)))
    const other = await post(`/api/v1/strategies/${strategy}/unsubscribe/`, { account_id: account }, 'a-leaving')
    expect(other).toMatchObject({ status: 422, body: { error: { code: 'IDEMPOTENCY_KEY_REUSED' } } })
  })

  it('are refused when the key is malformed', async () => {
    const answer = await post(`/v1/strategies/${strategy}/signals`, signal, 'two words')
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_PARAMETERS' } } })
  })
})
