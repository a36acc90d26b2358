import { billingService } from '@tradewire/billing/service'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { userCreated } from '@tradewire/contracts/events/identity'
import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { listPayments, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import {
  beginSubscription,
  cancelSubscription,
  listSubscriptions,
} from '@tradewire/contracts/rpc/billing/subscriptions'
import { listProviders } from '@tradewire/contracts/rpc/billing/providers'
import { paperService } from '@tradewire/paper/service'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import Stripe from 'stripe'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { orderOf, untilWorkedOn } from './provider-control.ts'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const follower = { userId: userCreated.example.userId, roles: ['follower' as const] }
const secret = 'whsec_of_the_simulator'
const key = 'sk_test_simulator'
const dayMs = 86_400_000
const clock = new ManualClock('2026-01-31T12:00:00.000Z')
let paper: TestService
let billing: TestService
let client: RpcClient
let stripe: Stripe
let plans = 0
/** Events of the simulator from here on are this test's. */
let from = 0

beforeAll(async () => {
  const settings = { PAPER_DATA_DIRECTORY: backends.directory }
  paper = await startTestService(paperService, backends, { settings, clock })
  billing = await startTestService(billingService, backends, {
    settings: {
      BILLING_PROVIDERS: 'stripe,mock',
      BILLING_PUBLIC_URL: 'http://pay.test',
      BILLING_STRIPE_API_URL: paper.url,
      BILLING_STRIPE_SECRET_KEY: key,
      BILLING_STRIPE_WEBHOOK_SECRETS: secret,
    },
    clock,
  })
  client = billing.app.get(RpcClient)
  const { hostname, port } = new URL(paper.url)
  stripe = new Stripe(key, { host: hostname, port, protocol: 'http', telemetry: false })
})

beforeEach(async () => {
  await backends.query(`truncate billing.plan, billing.subscription, billing.subscription_change, billing.payment, billing.purchase,
    billing.customer, billing.provider_event, billing.journal, billing.entry, billing.rule_run, billing.invoice`)
  from = ((await order('clock', { to: clock.now().toISOString() })) as { events: number }).events
})

const order = (name: string, body: object): Promise<unknown> => orderOf(paper.url, 'stripe', name, body)

const quiet = (): Promise<void> => untilWorkedOn(billing, backends)

async function deliver(how: object = {}): Promise<void> {
  await order('deliver', { url: `${billing.url}/v1/webhook/payments/stripe`, secret, from, ...how })
  await quiet()
}

async function passDays(days: number): Promise<void> {
  clock.advance(days * dayMs)
  await order('clock', { to: clock.now().toISOString() })
  await billing.app.get(RunBilling).execute('time')
}

async function planOf(trialDays = 0): Promise<string> {
  plans += 1
  const plan = { name: `PLAN ${plans}`, monthlyPrice: '40', maxApiKeys: 20, trialDays }
  const created = await client.ask(createPlan, { caller: operator, plan })
  if (!created.ok) throw new Error(created.error.code)
  return created.value.id
}

async function subscribe(planId: string, provider: 'stripe' | 'mock' = 'stripe') {
  const subject = { kind: 'plan' as const, id: planId }
  const how = { subject, provider, currency: 'USD', cycle: 'monthly' as const }
  const checkout = provider === 'stripe' ? ('page' as const) : ('form' as const)
  return client.ask(beginSubscription, { caller: follower, subscription: { ...how, checkout } })
}

async function subscribed(trialDays = 0) {
  const begun = await subscribe(await planOf(trialDays))
  if (!begun.ok) throw new Error(`${begun.error.code} ${JSON.stringify(begun.error.context)}`)
  return { ...begun.value, subscriptionId: begun.value.subscriptionId ?? '', page: begun.value.paymentUrl ?? '' }
}

/** As a browser sends what was clicked. */
async function click(
  page: string,
  body: string,
): Promise<{ status: number; location: string | undefined; text: string }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await request(page, { method: 'POST', headers, body })
  const location = answer.headers['location']
  return { status: answer.statusCode, location: location?.toString(), text: await answer.body.text() }
}

const pay = (page: string) => click(page, 'card=pm_card_visa')

async function returned(paymentId: string): Promise<string> {
  const answer = await request(`${billing.url}/v1/pay/returned/${paymentId}`)
  return answer.body.text()
}

async function standing() {
  const listed = await client.ask(listSubscriptions, { caller: follower, page: {} })
  return listed.ok ? listed.value.items[0] : undefined
}

async function payments() {
  const listed = await client.ask(listPayments, { caller: follower, page: {} })
  return listed.ok ? listed.value.items : []
}

async function balances(): Promise<Record<string, string>> {
  const answer = await client.ask(listBalances, { caller: operator })
  if (!answer.ok) throw new Error(answer.error.code)
  expect(answer.value.imbalance).toBe('0')
  return Object.fromEntries(answer.value.items.map(({ account, balance }) => [account, balance]))
}

const paidOnce = { 'clearing:stripe': '38.54', 'cost:provider-fees': '1.46', 'revenue:plans': '-40.00' }

describe('a subscription that is begun on a page of Stripe', () => {
  it('is active once the page is paid, however often and whichever way round that is told, and is renewed', async () => {
    const { page, paymentId, clientSecret } = await subscribed()
    expect(clientSecret).toBeNull()
    expect(await returned(paymentId)).toContain('Waiting for your payment')
    expect(await pay(page)).toMatchObject({ status: 303, location: `http://pay.test/v1/pay/returned/${paymentId}` })
    await deliver({ order: 'reversed', copies: 3 })
    expect(await standing()).toMatchObject({ standing: 'active', paidThrough: expect.any(String) as string })
    expect(await returned(paymentId)).toContain('Paid')
    expect(await balances()).toEqual(paidOnce)
    expect((await click(page, 'card=pm_card_visa')).text).toContain('paid already')
    await passDays(31)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect((await balances())['revenue:plans']).toBe('-80.00')
    expect(await payments()).toHaveLength(2)
  })

  it('is made known by the hourly look when every delivery was lost', async () => {
    const { page } = await subscribed()
    await pay(page)
    await billing.app.get(RunBilling).execute('pull')
    await quiet()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect(await balances()).toEqual(paidOnce)
  })

  it('lets the payer try another card, and asks what the bank asks', async () => {
    const { page } = await subscribed()
    expect((await click(page, 'card=pm_card_chargeDeclined')).text).toContain('Your card was declined.')
    expect((await click(page, 'card=pm_card_authenticationRequired')).text).toContain('Your bank asks')
    expect((await click(page, 'proof=failed')).text).toContain('Nothing was charged')
    expect((await click(page, 'proof=passed')).status).toBe(303)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
  })

  it('is charged when its trial ends, with the card that was left on the page', async () => {
    const { page } = await subscribed(14)
    await pay(page)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect(await balances()).toEqual({})
    await passDays(15)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect(await balances()).toEqual(paidOnce)
    expect(await payments()).toHaveLength(1)
  })

  it('cannot be paid any more when it was cancelled, and may be begun again', async () => {
    const { page, subscriptionId } = await subscribed()
    expect(await client.ask(cancelSubscription, { caller: follower, subscriptionId })).toMatchObject({ ok: true })
    expect((await pay(page)).text).toContain('expired')
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'ended' })
    expect(await balances()).toEqual({})
  })

  it('gives nothing when nobody came for a day, and the payment says why', async () => {
    const { page, paymentId } = await subscribed()
    await passDays(1)
    await deliver()
    expect((await pay(page)).text).toContain('expired')
    expect(await payments()).toMatchObject([{ status: 'failed', failure: 'page_expired' }])
    expect(await standing()).toMatchObject({ standing: 'lapsed' })
    expect(await returned(paymentId)).toContain('Expired')
  })
})

describe('a purchase on a page of Stripe', () => {
  it('is paid once, with its discount, and can be given back', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '100', currency: 'USD' }]
    const created = await client.ask(createProducts, { caller: operator, products })
    const productId = created.ok ? created.value.items[0]!.id : ''
    const purchase = { provider: 'stripe' as const, products: [{ productId, quantity: 2 }], checkout: 'page' as const }
    const made = await client.ask(makePurchase, { caller: follower, purchase })
    const { paymentUrl, paymentId } = made.ok ? made.value.payment : { paymentUrl: '', paymentId: '' }
    expect((await click(paymentUrl ?? '', 'card=pm_card_chargeDeclined')).text).toContain('declined')
    await deliver()
    expect(await payments()).toMatchObject([{ status: 'failed' }])
    await pay(paymentUrl ?? '')
    await deliver({ order: 'reversed', copies: 2 })
    expect(await balances()).toMatchObject({ 'revenue:products': '-200.00' })
    const requestId = '01963a5e-0000-7000-8000-0000000000ab'
    const refund = { caller: operator, paymentId, amount: '50', requestId }
    expect(await client.ask(refundPayment, refund)).toMatchObject({ ok: true })
    expect((await balances())['revenue:products']).toBe('-150.00')
  })
})

describe('a kind of checkout', () => {
  it('is offered or refused as the provider has it, before anything is stored', async () => {
    const listed = await client.ask(listProviders, { caller: follower })
    const kinds = listed.ok ? listed.value.items.map(({ provider, checkouts }) => [provider, checkouts]) : []
    expect(kinds).toEqual([
      ['mock', ['page']],
      ['stripe', ['form', 'page']],
    ])
    const refused = await subscribe(await planOf(), 'mock')
    expect(refused).toMatchObject({ ok: false, error: { code: 'PROVIDER_NOT_AVAILABLE' } })
    expect(await standing()).toBeUndefined()
  })

  it('is refused by Stripe where a trial ends within two days, a price is unknown, or a page was closed', async () => {
    const customer = (await stripe.customers.create({ name: 'Anna' })).id
    const open = (price: string, trialEnd?: number) =>
      stripe.checkout.sessions.create({
        mode: 'subscription',
        customer,
        line_items: [{ price, quantity: 1 }],
        subscription_data: trialEnd === undefined ? { metadata: { a: 'b' } } : { trial_end: trialEnd },
        success_url: 'http://pay.test',
      })
    await expect(open('price_none')).rejects.toMatchObject({ code: 'resource_missing', param: 'line_items[0][price]' })
    const product = (await stripe.products.create({ name: 'A' })).id
    const recurring = { interval: 'month' as const }
    const { id } = await stripe.prices.create({ product, currency: 'usd', unit_amount: 100, recurring })
    await expect(open(id, Math.floor(clock.now().getTime() / 1_000) + 3_600)).rejects.toThrow(/2 days/)
    const page = await open(id)
    await stripe.checkout.sessions.expire(page.id)
    await expect(stripe.checkout.sessions.expire(page.id)).rejects.toThrow(/"open"/)
  })
})
