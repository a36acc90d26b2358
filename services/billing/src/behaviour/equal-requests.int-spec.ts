import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { userCreated } from '@tradewire/contracts/events/identity'
import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { getPayment, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '@tradewire/testkit/eventually'
import { billingService } from '../service.ts'

const backends = testBackends()
const ids = new UuidV7Source()
const operator = { userId: ids.next(), roles: ['operator' as const] }
const follower = { userId: userCreated.example.userId, roles: ['follower' as const] }
const parallel = 50

let service: TestService
let client: RpcClient

beforeAll(async () => {
  const settings = { BILLING_PROVIDERS: 'mock', BILLING_PUBLIC_URL: 'http://pay.test' }
  service = await startTestService(billingService, backends, { settings })
  client = service.app.get(RpcClient)
})

const atOnce = <Answer>(ask: () => Promise<Answer>) => Promise.all(Array.from({ length: parallel }, ask))

async function counted(table: string): Promise<number> {
  return (await backends.query(`select 1 from billing.${table}`)).length
}

async function pay(paymentUrl: string | null): Promise<void> {
  const { pathname } = new URL(paymentUrl ?? '')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await request(`${service.url}${pathname}`, { method: 'POST', headers, body: 'outcome=succeeded' })
  await answer.body.dump()
}

async function untilPaid(paymentId: string): Promise<void> {
  await eventually(async () => {
    const shown = await client.ask(getPayment, { caller: follower, paymentId })
    return shown.ok && shown.value.status === 'succeeded'
  })
}

describe('fifty equal requests at once', () => {
  it('begin one subscription, with one checkout', async () => {
    const plan = { name: 'PROFESSIONAL', monthlyPrice: '40', maxApiKeys: 20 }
    const created = await client.ask(createPlan, { caller: operator, plan })
    const subject = { kind: 'plan' as const, id: created.ok ? created.value.id : '' }
    const wish = { subject, provider: 'mock' as const, currency: 'USD', cycle: 'monthly' as const }
    const subscription = { ...wish, requestId: ids.next() }
    const answers = await atOnce(() => client.ask(beginSubscription, { caller: follower, subscription }))
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)).filter((one) => one !== 'ok')).toEqual([])
    const intents = answers.map((answer) => JSON.stringify(answer.ok ? answer.value : null))
    expect(new Set(intents).size).toBe(1)
    const counts = await Promise.all(['subscription', 'payment', 'mock_payment'].map(counted))
    expect(counts).toEqual([1, 1, 1])
  })

  it('buy once, and give money back once', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '150', currency: 'USD' }]
    const added = await client.ask(createProducts, { caller: operator, products })
    const productId = added.ok ? added.value.items[0]!.id : ''
    const wanted = { provider: 'mock' as const, products: [{ productId, quantity: 2 }], requestId: ids.next() }
    const answers = await atOnce(() => client.ask(makePurchase, { caller: follower, purchase: wanted }))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    const bought = answers.map((answer) => (answer as { value: ReplyOf<typeof makePurchase> }).value)
    expect(new Set(bought.map(({ purchaseId }) => purchaseId)).size).toBe(1)
    expect(await counted('purchase')).toBe(1)
    const { paymentId, paymentUrl } = bought[0]!.payment
    await atOnce(() => pay(paymentUrl))
    await untilPaid(paymentId)
    const refund = { caller: operator, paymentId, amount: '100', requestId: ids.next() }
    const refunds = await atOnce(() => client.ask(refundPayment, refund))
    expect(refunds.every(({ ok }) => ok)).toBe(true)
    const shown = await client.ask(getPayment, { caller: follower, paymentId })
    expect(shown).toMatchObject({ value: { status: 'partly-refunded', refunded: '100.00' } })
    const books = await client.ask(listBalances, { caller: operator })
    const revenue = books.ok && books.value.items.find(({ account }) => account === 'revenue:products')
    expect(revenue).toMatchObject({ balance: '-200.00' })
    for (const told of ['payment.succeeded', 'refund.issued']) {
      const rows = await backends.query<{ count: number }>(
        'select coalesce(sum(event_count), 0)::int as count from billing.outbox where subject = $1',
        [told],
      )
      expect(rows[0]?.count).toBe(1)
    }
  })
})
