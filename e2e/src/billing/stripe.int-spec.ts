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
  openPortal,
} from '@tradewire/contracts/rpc/billing/subscriptions'
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
let planId: string
/** Events of the simulator from here on are this test's. */
let from = 0

beforeAll(async () => {
  const clockNow = { clock }
  paper = await startTestService(paperService, backends, {
    settings: { PAPER_DATA_DIRECTORY: backends.directory },
    ...clockNow,
  })
  billing = await startTestService(billingService, backends, {
    settings: {
      BILLING_PROVIDERS: 'stripe',
      BILLING_STRIPE_API_URL: paper.url,
      BILLING_STRIPE_SECRET_KEY: key,
      BILLING_STRIPE_WEBHOOK_SECRETS: `whsec_of_before,${secret}`,
    },
    ...clockNow,
  })
  client = billing.app.get(RpcClient)
  const { hostname, port } = new URL(paper.url)
  stripe = new Stripe(key, { host: hostname, port, protocol: 'http', telemetry: false })
  const plan = { name: 'PROFESSIONAL', monthlyPrice: '40', maxBalance: '15000', maxApiKeys: 20 }
  const created = await client.ask(createPlan, { caller: operator, plan })
  planId = created.ok ? created.value.id : ''
})

beforeEach(async () => {
  await quiet()
  await backends.query(`truncate billing.customer, billing.subscription, billing.subscription_change, billing.purchase, billing.payment,
    billing.provider_event, billing.journal, billing.entry, billing.rule_run, billing.invoice`)
  await backends.query('delete from billing.outbox')
  from = ((await order('clock', { to: clock.now().toISOString() })) as { events: number }).events
})

const order = (name: string, body: object): Promise<unknown> => orderOf(paper.url, 'stripe', name, body)

const quiet = (): Promise<void> => untilWorkedOn(billing, backends)

async function deliver(how: object = {}): Promise<{ sent: number; accepted: number }> {
  const url = `${billing.url}/v1/webhook/payments/stripe`
  const delivered = await order('deliver', { url, secret, from, ...how })
  await quiet()
  return delivered as { sent: number; accepted: number }
}

async function passDays(days: number): Promise<void> {
  clock.advance(days * dayMs)
  await order('clock', { to: clock.now().toISOString() })
  await billing.app.get(RunBilling).execute('time')
}

async function subscribe() {
  const subject = { kind: 'plan' as const, id: planId }
  const subscription = { subject, provider: 'stripe' as const, currency: 'USD', cycle: 'monthly' as const }
  const begun = await client.ask(beginSubscription, { caller: follower, subscription })
  if (!begun.ok) throw new Error(`${begun.error.code} ${JSON.stringify(begun.error.context)}`)
  const intent = begun.value.clientSecret?.split('_secret_')[0] ?? ''
  return { ...begun.value, intent, subscriptionId: begun.value.subscriptionId ?? '' }
}

async function standing() {
  const listed = await client.ask(listSubscriptions, { caller: follower, page: {} })
  return listed.ok ? listed.value.items[0] : undefined
}

async function balances(): Promise<Record<string, string>> {
  const answer = await client.ask(listBalances, { caller: operator })
  if (!answer.ok) throw new Error(answer.error.code)
  expect(answer.value.imbalance).toBe('0')
  return Object.fromEntries(answer.value.items.map(({ account, balance }) => [account, balance]))
}

async function told(subject: string): Promise<number> {
  const rows = await backends.query<{ body: string }>('select body from billing.outbox where subject = $1', [subject])
  return rows.flatMap(({ body }) => (JSON.parse(body) as { events: unknown[] }).events).length
}

const visa = { payment_method: 'pm_card_visa' }

describe('a subscription at Stripe', () => {
  it('is active when its first payment is told, however often and whichever way round', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    expect(await standing()).toMatchObject({ standing: 'incomplete' })
    await deliver({ order: 'reversed', copies: 3 })
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active', paidThrough: '2026-02-28T12:00:00.000Z' })
    expect(await balances()).toEqual({
      'clearing:stripe': '38.54',
      'cost:provider-fees': '1.46',
      'revenue:plans': '-40.00',
    })
    expect(await told('payment.succeeded')).toBe(1)
    expect(await told('invoice.issued')).toBe(1)
  })

  it('waits for the payer’s bank, and tells of a card that is declined', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_authenticationRequired' })
    await deliver()
    const waiting = await client.ask(listPayments, { caller: follower, page: {} })
    expect(waiting).toMatchObject({ value: { items: [{ status: 'needs-action' }] } })
    const declined = { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' }
    await expect(stripe.paymentIntents.confirm(intent, declined)).rejects.toThrow(Stripe.errors.StripeCardError)
    await deliver()
    const failed = await client.ask(listPayments, { caller: follower, page: {} })
    expect(failed).toMatchObject({ value: { items: [{ status: 'failed', failure: 'insufficient_funds' }] } })
    await order('pay', { intent, card: 'pm_card_authenticationRequired', proven: true })
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect(await told('payment.failed')).toBe(1)
  })

  it('is renewed by Stripe, and an hourly look makes up for deliveries that were lost', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    await passDays(29)
    expect(await standing()).toMatchObject({ standing: 'past-due' })
    await billing.app.get(RunBilling).execute('pull')
    await quiet()
    expect(await standing()).toMatchObject({ standing: 'active' })
    const end = (await standing())?.paidThrough ?? ''
    expect(new Date(end).getTime()).toBeGreaterThan(clock.now().getTime())
    await deliver({ copies: 2 })
    expect(await told('payment.succeeded')).toBe(2)
    expect((await balances())['revenue:plans']).toBe('-80.00')
    const [pulled] = await backends.query<{ count: string }>(
      "select count(*) from billing.provider_event where heard_by = 'pull'",
    )
    expect(Number(pulled?.count)).toBeGreaterThan(0)
  })

  it('whose renewal is declined is tried again, goes on for the days of grace, and is paid late', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    const [row] = await backends.query<{ external_id: string }>('select external_id from billing.subscription')
    await order('card', { subscription: row?.external_id, card: 'pm_card_chargeDeclined' })
    await passDays(32)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'past-due' })
    await order('card', { subscription: row?.external_id, card: 'pm_card_visa' })
    await passDays(3)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect(await told('payment.failed')).toBe(1)
    expect((await balances())['revenue:plans']).toBe('-80.00')
  })

  it('that is never paid again lapses, and ends when Stripe gives it up', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    const [row] = await backends.query<{ external_id: string }>('select external_id from billing.subscription')
    await order('card', { subscription: row?.external_id, card: 'pm_card_chargeDeclined' })
    await passDays(40)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'lapsed' })
    await passDays(20)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'ended' })
    expect((await balances())['revenue:plans']).toBe('-40.00')
  })

  it('has a page of Stripe for its payer, and for nobody else', async () => {
    const { subscriptionId } = await subscribe()
    const opened = await client.ask(openPortal, { caller: follower, subscriptionId })
    expect(opened).toMatchObject({ ok: true, value: { url: expect.stringContaining('billing.stripe.test') as string } })
    const stranger = { userId: operator.userId, roles: ['follower' as const] }
    const refused = await client.ask(openPortal, { caller: stranger, subscriptionId })
    expect(refused).toMatchObject({ ok: false, error: { code: 'SUBSCRIPTION_NOT_FOUND' } })
  })

  it('that is cancelled is not charged again', async () => {
    const { intent, subscriptionId } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    await client.ask(cancelSubscription, { caller: follower, subscriptionId })
    await passDays(35)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'ended' })
    expect((await balances())['revenue:plans']).toBe('-40.00')
  })
})

describe('a purchase at Stripe in a currency without minor units', () => {
  it('is charged, booked and given back in whole yen', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '1999', currency: 'JPY' }]
    const created = await client.ask(createProducts, { caller: operator, products })
    const purchase = {
      provider: 'stripe' as const,
      products: [{ productId: created.ok ? created.value.items[0]!.id : '', quantity: 1 }],
    }
    const bought = await client.ask(makePurchase, { caller: follower, purchase })
    if (!bought.ok) throw new Error(bought.error.code)
    const { clientSecret, paymentId, ...asked } = bought.value.payment
    expect(asked).toMatchObject({ amount: '1999', amountMinor: 1_999, currency: 'JPY' })
    const intent = clientSecret?.split('_secret_')[0] ?? ''
    expect(await stripe.paymentIntents.confirm(intent, visa)).toMatchObject({ amount: 1_999, currency: 'jpy' })
    await deliver()
    expect(await balances()).toMatchObject({ 'revenue:products': '-1999' })
    const refund = { caller: operator, paymentId, requestId: '01963a5e-0000-7000-8000-0000000000ae' }
    expect(await client.ask(refundPayment, { ...refund, amount: '0.5' })).toMatchObject({
      ok: false,
      error: { code: 'REFUND_REFUSED' },
    })
    const returned = await client.ask(refundPayment, { ...refund, amount: '999' })
    expect(returned).toMatchObject({ ok: true, value: { status: 'partly-refunded', refunded: '999' } })
    expect(await balances()).toMatchObject({ 'revenue:products': '-1000' })
  })
})

describe('money that goes back at Stripe', () => {
  it('is booked once, whether we ask for it, are told of it or both', async () => {
    const { intent, paymentId } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    const requestId = '01963a5e-0000-7000-8000-0000000000ab'
    const refund = { caller: operator, paymentId, amount: '15', requestId }
    expect(await client.ask(refundPayment, refund)).toMatchObject({ ok: true })
    await client.ask(refundPayment, refund)
    await stripe.refunds.create({ payment_intent: intent, amount: 500 })
    await deliver({ order: 'reversed', copies: 2 })
    expect(await balances()).toMatchObject({ 'clearing:stripe': '18.54', 'revenue:plans': '-20.00' })
    expect(await told('refund.issued')).toBe(2)
  })

  it('by a dispute is set aside, and comes back when the dispute is won', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    const dispute = (await order('dispute', { intent })) as { id: string }
    await deliver({ order: 'reversed' })
    expect(await balances()).toMatchObject({ 'clearing:stripe': '-1.46', 'disputed:stripe': '40.00' })
    await order('close-dispute', { dispute: dispute.id, status: 'won' })
    await deliver({ copies: 2 })
    const after = await balances()
    expect(after).toMatchObject({ 'clearing:stripe': '38.54', 'revenue:plans': '-40.00' })
    expect(after['disputed:stripe']).toBeUndefined()
  })
})

describe('a delivery of Stripe', () => {
  it('is refused with a wrong secret, a changed body or an old time, and taken with either secret of a rotation', async () => {
    await subscribe()
    expect(await deliver({ secret: 'whsec_of_nobody' })).toMatchObject({ accepted: 0 })
    const taken = await deliver({ secret: 'whsec_of_before' })
    expect(taken.accepted).toBe(taken.sent)
    const payload = JSON.stringify({ id: 'evt_forged', type: 'invoice.paid', data: { object: { id: 'in_1' } } })
    const timestamp = Math.floor(clock.now().getTime() / 1_000)
    const header = (of: object) => stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp, ...of })
    const post = async (body: string, signature: string) => {
      const headers = { 'stripe-signature': signature }
      const answer = await request(`${billing.url}/v1/webhook/payments/stripe`, { method: 'POST', headers, body })
      await answer.body.dump()
      return answer.statusCode
    }
    expect(await post(payload, header({}))).toBe(200)
    expect(await post(payload.replace('in_1', 'in_2'), header({}))).toBe(400)
    expect(await post(payload, header({ timestamp: timestamp - 301 }))).toBe(400)
  })
})
