import { follower, operator, stranger, wishFor } from '@tradewire/billing/testing/billing-desk'
import { refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription, cancelSubscription, openPortal } from '@tradewire/contracts/rpc/billing/subscriptions'
import Stripe from 'stripe'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderDesk, secrets } from './provider-desk.ts'

const desk = new ProviderDesk(['stripe'])
let stripe: Stripe
let planId: string

beforeAll(async () => {
  await desk.start()
  stripe = desk.stripeClient()
})

beforeEach(async () => {
  await desk.clear()
  const plan = { name: 'PROFESSIONAL', monthlyPrice: '40', maxBalance: '15000', maxApiKeys: 20 }
  planId = (await desk.ask(createPlan, { caller: operator, plan })).id
})

const order = (name: string, body: object) => desk.order('stripe', name, body)
const deliver = (how?: object) => desk.deliver('stripe', how)

async function subscribe() {
  const subscription = { ...wishFor(planId), provider: 'stripe' as const }
  const begun = await desk.ask(beginSubscription, { caller: follower, subscription })
  const intent = begun.clientSecret?.split('_secret_')[0] ?? ''
  return { ...begun, intent, subscriptionId: begun.subscriptionId ?? '' }
}

const visa = { payment_method: 'pm_card_visa' }

describe('a subscription at Stripe', () => {
  it('is active when its first payment is told, however often and whichever way round', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    expect(await desk.held()).toMatchObject({ standing: 'incomplete' })
    await deliver({ order: 'reversed', copies: 3 })
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: '2026-02-28T12:00:00.000Z' })
    expect(await desk.balances()).toEqual({
      'clearing:stripe': '38.54',
      'cost:provider-fees': '1.46',
      'revenue:plans': '-40.00',
    })
    expect(await desk.told('payment.succeeded')).toBe(1)
    expect(await desk.told('invoice.issued')).toBe(1)
  })

  it('waits for the payer’s bank, and tells of a card that is declined', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_authenticationRequired' })
    await deliver()
    expect(await desk.payments()).toMatchObject([{ status: 'needs-action' }])
    const declined = { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' }
    await expect(stripe.paymentIntents.confirm(intent, declined)).rejects.toThrow(Stripe.errors.StripeCardError)
    await deliver()
    expect(await desk.payments()).toMatchObject([{ status: 'failed', failure: 'insufficient_funds' }])
    await order('pay', { intent, card: 'pm_card_authenticationRequired', proven: true })
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect(await desk.told('payment.failed')).toBe(1)
  })

  it('is renewed by Stripe, and an hourly look makes up for deliveries that were lost', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    await desk.passDays(29)
    expect(await desk.held()).toMatchObject({ standing: 'past-due' })
    await desk.run('pull')
    await desk.quiet()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    const end = (await desk.held())?.paidThrough ?? ''
    expect(new Date(end).getTime()).toBeGreaterThan(desk.clock.now().getTime())
    await deliver({ copies: 2 })
    expect(await desk.told('payment.succeeded')).toBe(2)
    expect((await desk.balances())['revenue:plans']).toBe('-80.00')
    const [pulled] = await desk.backends.query<{ count: string }>(
      "select count(*) from billing.provider_event where heard_by = 'pull'",
    )
    expect(Number(pulled?.count)).toBeGreaterThan(0)
  })

  it('whose renewal is declined is tried again, goes on for the days of grace, and is paid late', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    const [row] = await desk.backends.query<{ external_id: string }>('select external_id from billing.subscription')
    await order('card', { subscription: row?.external_id, card: 'pm_card_chargeDeclined' })
    await desk.passDays(32)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'past-due' })
    await order('card', { subscription: row?.external_id, card: 'pm_card_visa' })
    await desk.passDays(3)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect(await desk.told('payment.failed')).toBe(1)
    expect((await desk.balances())['revenue:plans']).toBe('-80.00')
  })

  it('that is never paid again lapses, and ends when Stripe gives it up', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    const [row] = await desk.backends.query<{ external_id: string }>('select external_id from billing.subscription')
    await order('card', { subscription: row?.external_id, card: 'pm_card_chargeDeclined' })
    await desk.passDays(40)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'lapsed' })
    await desk.passDays(20)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'ended' })
    expect((await desk.balances())['revenue:plans']).toBe('-40.00')
  })

  it('has a page of Stripe for its payer, and for nobody else', async () => {
    const { subscriptionId } = await subscribe()
    const { url } = await desk.ask(openPortal, { caller: follower, subscriptionId })
    expect(url).toContain('billing.stripe.test')
    expect(await desk.refusal(openPortal, { caller: stranger, subscriptionId })).toBe('SUBSCRIPTION_NOT_FOUND')
  })

  it('that is cancelled is not charged again', async () => {
    const { intent, subscriptionId } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    await desk.ask(cancelSubscription, { caller: follower, subscriptionId })
    await desk.passDays(35)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'ended' })
    expect((await desk.balances())['revenue:plans']).toBe('-40.00')
  })
})

describe('a purchase at Stripe in a currency without minor units', () => {
  it('is charged, booked and given back in whole yen', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '1999', currency: 'JPY' }]
    const productId = (await desk.ask(createProducts, { caller: operator, products })).items[0]!.id
    const purchase = { provider: 'stripe' as const, products: [{ productId, quantity: 1 }] }
    const bought = await desk.ask(makePurchase, { caller: follower, purchase })
    const { clientSecret, paymentId, ...asked } = bought.payment
    expect(asked).toMatchObject({ amount: '1999', amountMinor: 1_999, currency: 'JPY' })
    const intent = clientSecret?.split('_secret_')[0] ?? ''
    expect(await stripe.paymentIntents.confirm(intent, visa)).toMatchObject({ amount: 1_999, currency: 'jpy' })
    await deliver()
    expect(await desk.balances()).toMatchObject({ 'revenue:products': '-1999' })
    const refund = { caller: operator, paymentId, requestId: '01963a5e-0000-7000-8000-0000000000ae' }
    expect(await desk.refusal(refundPayment, { ...refund, amount: '0.5' })).toBe('REFUND_REFUSED')
    const returned = await desk.client.ask(refundPayment, { ...refund, amount: '999' })
    expect(returned).toMatchObject({ ok: true, value: { status: 'partly-refunded', refunded: '999' } })
    expect(await desk.balances()).toMatchObject({ 'revenue:products': '-1000' })
  })
})

describe('money that goes back at Stripe', () => {
  it('is booked once, whether we ask for it, are told of it or both', async () => {
    const { intent, paymentId } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    await deliver()
    const requestId = '01963a5e-0000-7000-8000-0000000000ab'
    const refund = { caller: operator, paymentId, amount: '15', requestId }
    expect(await desk.client.ask(refundPayment, refund)).toMatchObject({ ok: true })
    await desk.ask(refundPayment, refund)
    await stripe.refunds.create({ payment_intent: intent, amount: 500 })
    await deliver({ order: 'reversed', copies: 2 })
    expect(await desk.balances()).toMatchObject({ 'clearing:stripe': '18.54', 'revenue:plans': '-20.00' })
    expect(await desk.told('refund.issued')).toBe(2)
  })

  it('by a dispute is set aside, and comes back when the dispute is won', async () => {
    const { intent } = await subscribe()
    await stripe.paymentIntents.confirm(intent, visa)
    const dispute = (await order('dispute', { intent })) as { id: string }
    await deliver({ order: 'reversed' })
    expect(await desk.balances()).toMatchObject({ 'clearing:stripe': '-1.46', 'disputed:stripe': '40.00' })
    await order('close-dispute', { dispute: dispute.id, status: 'won' })
    await deliver({ copies: 2 })
    const after = await desk.balances()
    expect(after).toMatchObject({ 'clearing:stripe': '38.54', 'revenue:plans': '-40.00' })
    expect(after['disputed:stripe']).toBeUndefined()
  })
})

describe('a delivery of Stripe', () => {
  it('is refused with a wrong secret, a changed body or an old time, and taken with either secret of a rotation', async () => {
    await subscribe()
    expect(await deliver({ secret: 'whsec_of_nobody' })).toMatchObject({ accepted: 0 })
    const taken = await deliver({ secret: secrets.before })
    expect(taken.accepted).toBe(taken.sent)
    const payload = JSON.stringify({ id: 'evt_forged', type: 'invoice.paid', data: { object: { id: 'in_1' } } })
    const timestamp = Math.floor(desk.clock.now().getTime() / 1_000)
    const header = (of: object) =>
      stripe.webhooks.generateTestHeaderString({ payload, secret: secrets.now, timestamp, ...of })
    const post = async (body: string, signature: string) => {
      const headers = { 'stripe-signature': signature }
      const answer = await request(desk.deliveriesOf('stripe'), { method: 'POST', headers, body })
      await answer.body.dump()
      return answer.statusCode
    }
    expect(await post(payload, header({}))).toBe(200)
    expect(await post(payload.replace('in_1', 'in_2'), header({}))).toBe(400)
    expect(await post(payload, header({ timestamp: timestamp - 301 }))).toBe(400)
  })
})
