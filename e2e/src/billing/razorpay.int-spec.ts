import { billingService } from '@tradewire/billing/service'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { userCreated } from '@tradewire/contracts/events/identity'
import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { confirmPayment, listPayments, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import {
  beginSubscription,
  cancelSubscription,
  listSubscriptions,
} from '@tradewire/contracts/rpc/billing/subscriptions'
import { changeSubscription } from '@tradewire/contracts/rpc/billing/subscription-changes'
import { paperService } from '@tradewire/paper/service'
import { simulatedKey } from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { orderOf, untilWorkedOn } from './provider-control.ts'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const follower = { userId: userCreated.example.userId, roles: ['follower' as const] }
const secret = 'secret-of-the-webhook'
const dayMs = 86_400_000
const clock = new ManualClock('2026-01-31T12:00:00.000Z')

let paper: TestService
let billing: TestService
let client: RpcClient
let planId: string
let basicId: string
let productId: string
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
      BILLING_PROVIDERS: 'razorpay',
      BILLING_RAZORPAY_API_URL: `${paper.url}/razorpay/v1`,
      BILLING_RAZORPAY_KEY_ID: simulatedKey.id,
      BILLING_RAZORPAY_KEY_SECRET: simulatedKey.secret,
      BILLING_RAZORPAY_WEBHOOK_SECRETS: `secret-of-before,${secret}`,
    },
    ...clockNow,
  })
  client = billing.app.get(RpcClient)
  const plan = { name: 'PROFESSIONAL', monthlyPrice: '40', maxBalance: '15000', maxApiKeys: 20 }
  const created = await client.ask(createPlan, { caller: operator, plan })
  planId = created.ok ? created.value.id : ''
  const basic = { name: 'BASIC', monthlyPrice: '20', maxApiKeys: 2 }
  const second = await client.ask(createPlan, { caller: operator, plan: basic })
  basicId = second.ok ? second.value.id : ''
  const products = [{ name: 'Model A', category: 'models', amount: '1500', currency: 'INR' }]
  const added = await client.ask(createProducts, { caller: operator, products })
  productId = added.ok ? added.value.items[0]!.id : ''
})

beforeEach(async () => {
  await order('fault', { fault: 'none' })
  await quiet()
  await backends.query(`truncate billing.customer, billing.subscription, billing.subscription_change, billing.purchase, billing.payment,
    billing.provider_event, billing.journal, billing.entry, billing.rule_run, billing.invoice`)
  await backends.query('delete from billing.outbox')
  from = ((await order('clock', { to: clock.now().toISOString() })) as { events: number }).events
})

const order = (name: string, body: object): Promise<unknown> => orderOf(paper.url, 'razorpay', name, body)

const quiet = (): Promise<void> => untilWorkedOn(billing, backends)

const deliveries = () => `${billing.url}/v1/webhook/payments/razorpay`

async function deliver(how: object = {}): Promise<{ sent: number; accepted: number }> {
  const delivered = await order('deliver', { url: deliveries(), secret, from, ...how })
  await quiet()
  return delivered as { sent: number; accepted: number }
}

async function passDays(days: number): Promise<void> {
  clock.advance(days * dayMs)
  await order('clock', { to: clock.now().toISOString() })
  await billing.app.get(RunBilling).execute('time')
}

async function subscribe(requestId?: string) {
  const subject = { kind: 'plan' as const, id: planId }
  const wish = { subject, provider: 'razorpay' as const, currency: 'USD', cycle: 'monthly' as const }
  const subscription = requestId === undefined ? wish : { ...wish, requestId }
  const begun = await client.ask(beginSubscription, { caller: follower, subscription })
  if (!begun.ok) throw new Error(`${begun.error.code} ${JSON.stringify(begun.error.context)}`)
  return { ...begun.value, sub: begun.value.clientSecret ?? '', subscriptionId: begun.value.subscriptionId ?? '' }
}

async function buy() {
  const purchase = { provider: 'razorpay' as const, products: [{ productId, quantity: 1 }] }
  const bought = await client.ask(makePurchase, { caller: follower, purchase })
  if (!bought.ok) throw new Error(bought.error.code)
  return bought.value.payment
}

interface Paid {
  readonly payment: { readonly id: string; readonly order_id: string }
  readonly proof: Record<string, string>
}

async function pay(of: string, card = 'card_success', proven = false): Promise<Paid> {
  return (await order('pay', { of, card, proven })) as Paid
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

async function told(subject: string): Promise<number> {
  const rows = await backends.query<{ body: string }>('select body from billing.outbox where subject = $1', [subject])
  return rows.flatMap(({ body }) => (JSON.parse(body) as { events: unknown[] }).events).length
}

describe('a subscription at Razorpay', () => {
  it('is active when its first payment is told, however often and whichever way round', async () => {
    const { sub, clientSecret, paymentUrl } = await subscribe()
    expect([clientSecret?.startsWith('sub_'), paymentUrl]).toEqual([true, null])
    await pay(sub)
    expect(await standing()).toMatchObject({ standing: 'incomplete' })
    await deliver({ order: 'reversed', copies: 3 })
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active', paidThrough: '2026-02-28T12:00:00.000Z' })
    // Two per cent, and eighteen per cent of that as tax.
    const kept = { 'clearing:razorpay': '39.06', 'cost:provider-fees': '0.94', 'revenue:plans': '-40.00' }
    expect(await balances()).toEqual(kept)
    expect([await told('payment.succeeded'), await told('invoice.issued')]).toEqual([1, 1])
  })

  it('waits for the payer’s bank, and tells of a card that is declined', async () => {
    const { sub } = await subscribe()
    await pay(sub, 'card_declined')
    await deliver()
    expect(await payments()).toMatchObject([{ status: 'failed', failure: 'payment_failed' }])
    expect(await standing()).toMatchObject({ standing: 'incomplete' })
    await pay(sub, 'card_asks_bank')
    await pay(sub, 'card_asks_bank', true)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect(await payments()).toMatchObject([{ status: 'succeeded' }])
    expect([await told('payment.failed'), await told('payment.succeeded')]).toEqual([1, 1])
  })

  it('is charged again by Razorpay, and an hourly look makes up for deliveries that were all lost', async () => {
    const { sub } = await subscribe()
    await pay(sub)
    await passDays(29)
    await billing.app.get(RunBilling).execute('pull')
    await quiet()
    expect(await standing()).toMatchObject({ standing: 'active' })
    const end = (await standing())?.paidThrough ?? ''
    expect(new Date(end).getTime()).toBeGreaterThan(clock.now().getTime())
    await deliver({ copies: 2 })
    expect(await told('payment.succeeded')).toBe(2)
    expect((await balances())['revenue:plans']).toBe('-80.00')
  })

  it('whose renewal is declined goes on for the days of grace, lapses, and is active again with another card', async () => {
    const { sub } = await subscribe()
    await pay(sub)
    await deliver()
    await order('card', { subscription: sub, card: 'card_declined' })
    await passDays(33)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'past-due' })
    await passDays(5)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'lapsed', endsAt: null })
    await order('card', { subscription: sub, card: 'card_success' })
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'active' })
    expect((await balances())['revenue:plans']).toBe('-80.00')
  })

  it('that is cancelled is not charged again', async () => {
    const { sub, subscriptionId } = await subscribe()
    await pay(sub)
    await deliver()
    await client.ask(cancelSubscription, { caller: follower, subscriptionId })
    await passDays(35)
    await deliver()
    expect(await standing()).toMatchObject({ standing: 'ended', endsAt: '2026-05-08T12:00:00.000Z' })
    expect((await balances())['revenue:plans']).toBe('-40.00')
  })

  it('that lapsed and is paid beside the one that was begun anew is ended there, and gives the money back', async () => {
    const first = await subscribe()
    await passDays(2)
    const second = await subscribe()
    await pay(second.sub)
    await deliver()
    await pay(first.sub)
    await deliver()
    expect(await standing()).toMatchObject({ id: second.subscriptionId, standing: 'active' })
    const owed = `due:user:${follower.userId}`
    expect(await balances()).toMatchObject({ 'revenue:plans': '-40.00', [owed]: '-40.00' })
    await passDays(0)
    await deliver()
    const after = await balances()
    expect([after['revenue:plans'], after[owed]]).toEqual(['-40.00', undefined])
    const old = 'select standing, paid_through from billing.subscription where id = $1'
    expect(await backends.query(old, [first.subscriptionId])).toEqual([{ standing: 'ended', paid_through: null }])
    await passDays(35)
    await deliver()
    expect((await balances())['revenue:plans']).toBe('-80.00')
    expect(await told('invoice.issued')).toBe(2)
  })

  it('is opened once when its answer was lost and the request comes again', async () => {
    const requestId = '01963a5e-0000-7000-8000-0000000000ac'
    await order('fault', { fault: 'lost-answer' })
    await expect(subscribe(requestId)).rejects.toThrow('PROVIDER_UNAVAILABLE')
    await order('fault', { fault: 'none' })
    const first = await subscribe(requestId)
    const answers = await Promise.all(Array.from({ length: 20 }, () => subscribe(requestId)))
    expect(new Set([first, ...answers].map(({ sub }) => sub)).size).toBe(1)
    await pay(first.sub)
    await deliver()
    expect(await told('payment.succeeded')).toBe(1)
  })

  it.each([
    { heard: true, becomes: 'BASIC', charged: '-60.00' },
    { heard: false, becomes: 'PROFESSIONAL', charged: '-80.00' },
  ])(
    'whose downgrade had no answer for a whole cycle becomes what Razorpay charges for ($becomes)',
    async ({ heard, becomes, charged }) => {
      const { sub, subscriptionId } = await subscribe()
      await pay(sub)
      await deliver()
      await order('fault', { fault: heard ? 'lost-answer' : 'unavailable' })
      const change = { caller: follower, subscriptionId, wish: { planId: basicId } }
      expect(await client.ask(changeSubscription, change)).toMatchObject({
        ok: false,
        error: { code: 'PROVIDER_UNAVAILABLE' },
      })
      // It is told again and again.
      await passDays(1)
      await passDays(31)
      await order('fault', { fault: 'none' })
      await deliver()
      expect((await balances())['revenue:plans']).toBe(charged)
      await passDays(0)
      expect(await standing()).toMatchObject({ subject: { name: becomes }, standing: 'active' })
      await passDays(31)
      await deliver()
      expect((await balances())['revenue:plans']).toBe(heard ? '-80.00' : '-120.00')
    },
  )

  it.each(['as-told', 'reversed', 'not at all'] as const)(
    'whose first payment and two renewals are told of at once (%s) has three payments, each of its own period',
    async (way) => {
      // The next look goes back to here.
      await billing.app.get(RunBilling).execute('pull')
      const { sub } = await subscribe()
      const { payment } = await pay(sub)
      await passDays(62)
      if (way === 'not at all') await billing.app.get(RunBilling).execute('pull')
      else await deliver({ order: way })
      await quiet()
      expect(await balances()).toMatchObject({ 'revenue:plans': '-120.00' })
      expect([await told('payment.succeeded'), await told('invoice.issued')]).toEqual([3, 3])
      const known = 'select external_id, period from billing.payment order by period nulls last, external_id'
      const rows = await backends.query<{ external_id: string; period: number | null }>(known)
      expect(rows.map(({ period }) => period)).toEqual([1, null, null])
      expect(rows[0]?.external_id).toBe(payment.order_id)
      await deliver({ copies: 2 })
      expect(await backends.query(known)).toEqual(rows)
    },
  )
})

describe('a purchase at Razorpay', () => {
  it('is known as soon as the payer’s page brings the proof, and once only', async () => {
    const { clientSecret, paymentId } = await buy()
    const { proof } = await pay(clientSecret ?? '')
    const confirm = (given: Record<string, string>) =>
      client.ask(confirmPayment, { caller: follower, paymentId, proof: given })
    const forged = { ...proof, razorpay_signature: proof['razorpay_signature']!.replace(/.$/, 'g') }
    expect(await confirm(forged)).toMatchObject({ ok: false, error: { code: 'PROOF_REFUSED' } })
    expect(await confirm({})).toMatchObject({ ok: false, error: { code: 'PROOF_REFUSED' } })
    expect(await confirm(proof)).toMatchObject({ ok: true, value: { status: 'succeeded' } })
    const stranger = { userId: operator.userId, roles: ['follower' as const] }
    const strange = await client.ask(confirmPayment, { caller: stranger, paymentId, proof })
    expect(strange).toMatchObject({ ok: false, error: { code: 'PAYMENT_NOT_FOUND' } })
    await confirm(proof)
    await deliver({ order: 'reversed', copies: 3 })
    expect(await told('payment.succeeded')).toBe(1)
    expect(await balances()).toMatchObject({ 'revenue:products': '-1500.00' })
  })

  it('gives money back once, whether we ask for it, are told of it or both', async () => {
    const { clientSecret, paymentId } = await buy()
    await pay(clientSecret ?? '')
    await deliver()
    const requestId = '01963a5e-0000-7000-8000-0000000000ab'
    const refund = { caller: operator, paymentId, amount: '500', requestId }
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.ask(refundPayment, refund)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10)
    await deliver({ order: 'reversed', copies: 2 })
    expect(await balances()).toMatchObject({ 'revenue:products': '-1000.00' })
    expect(await told('refund.issued')).toBe(1)
  })

  it('that is disputed is set aside, and lost when the dispute is', async () => {
    const { clientSecret } = await buy()
    const { payment } = await pay(clientSecret ?? '')
    const dispute = (await order('dispute', { payment: payment.id })) as { id: string }
    await deliver({ order: 'reversed' })
    expect(await balances()).toMatchObject({ 'disputed:razorpay': '1500.00' })
    await order('close-dispute', { dispute: dispute.id, status: 'lost' })
    await billing.app.get(RunBilling).execute('pull')
    await quiet()
    const after = await balances()
    expect([after['disputed:razorpay'], after['revenue:products']]).toEqual([undefined, undefined])
    expect(after['clearing:razorpay']).toBe('-35.40')
  })
})

describe('a delivery of Razorpay', () => {
  it('is refused with a wrong secret or a changed body, and taken with either secret of a rotation', async () => {
    const { sub } = await subscribe()
    await pay(sub)
    expect(await deliver({ secret: 'secret-of-nobody' })).toMatchObject({ accepted: 0 })
    const taken = await deliver({ secret: 'secret-of-before' })
    expect(taken.accepted).toBe(taken.sent)
    expect(taken.sent).toBeGreaterThan(0)
    const headers = { 'x-razorpay-signature': 'a'.repeat(64), 'x-razorpay-event-id': 'evt_forged' }
    const body = JSON.stringify({ event: 'payment.captured', payload: { payment: { entity: { id: 'pay_1' } } } })
    const answer = await request(deliveries(), { method: 'POST', headers, body })
    await answer.body.dump()
    expect(answer.statusCode).toBe(400)
  })
})
