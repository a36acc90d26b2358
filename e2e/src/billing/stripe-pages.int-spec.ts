import { follower, operator, wishFor } from '@tradewire/billing/testing/billing-desk'
import { refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription, cancelSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { listProviders } from '@tradewire/contracts/rpc/billing/providers'
import Stripe from 'stripe'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderDesk } from './provider-desk.ts'

const desk = new ProviderDesk(['stripe', 'mock'])
let stripe: Stripe
let plans = 0

beforeAll(async () => {
  await desk.start()
  stripe = desk.stripeClient()
})

beforeEach(() => desk.clear())

const deliver = (how?: object) => desk.deliver('stripe', how)

async function planOf(trialDays = 0): Promise<string> {
  plans += 1
  const plan = { name: `PLAN ${plans}`, monthlyPrice: '40', maxApiKeys: 20, trialDays }
  const created = await desk.ask(createPlan, { caller: operator, plan })
  return created.id
}

const wishOf = (planId: string, provider: 'stripe' | 'mock', checkout: 'page' | 'form') => ({
  caller: follower,
  subscription: { ...wishFor(planId), provider, checkout },
})

async function subscribed(trialDays = 0) {
  const begun = await desk.ask(beginSubscription, wishOf(await planOf(trialDays), 'stripe', 'page'))
  return { ...begun, subscriptionId: begun.subscriptionId ?? '', page: begun.paymentUrl ?? '' }
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
  const answer = await request(`${desk.service.url}/v1/pay/returned/${paymentId}`)
  return answer.body.text()
}

const paidOnce = { 'clearing:stripe': '38.54', 'cost:provider-fees': '1.46', 'revenue:plans': '-40.00' }

describe('a subscription that is begun on a page of Stripe', () => {
  it('is active once the page is paid, however often and whichever way round that is told, and is renewed', async () => {
    const { page, paymentId, clientSecret } = await subscribed()
    expect(clientSecret).toBeNull()
    expect(await returned(paymentId)).toContain('Waiting for your payment')
    expect(await pay(page)).toMatchObject({ status: 303, location: `http://pay.test/v1/pay/returned/${paymentId}` })
    await deliver({ order: 'reversed', copies: 3 })
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: expect.any(String) as string })
    expect(await returned(paymentId)).toContain('Paid')
    expect(await desk.balances()).toEqual(paidOnce)
    expect((await click(page, 'card=pm_card_visa')).text).toContain('paid already')
    await desk.passDays(31)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect((await desk.balances())['revenue:plans']).toBe('-80.00')
    expect(await desk.payments()).toHaveLength(2)
  })

  it('is made known by the hourly look when every delivery was lost', async () => {
    const { page } = await subscribed()
    await pay(page)
    await desk.run('pull')
    await desk.quiet()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect(await desk.balances()).toEqual(paidOnce)
  })

  it('lets the payer try another card, and asks what the bank asks', async () => {
    const { page } = await subscribed()
    expect((await click(page, 'card=pm_card_chargeDeclined')).text).toContain('Your card was declined.')
    expect((await click(page, 'card=pm_card_authenticationRequired')).text).toContain('Your bank asks')
    expect((await click(page, 'proof=failed')).text).toContain('Nothing was charged')
    expect((await click(page, 'proof=passed')).status).toBe(303)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
  })

  it('is charged when its trial ends, with the card that was left on the page', async () => {
    const { page } = await subscribed(14)
    await pay(page)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect(await desk.balances()).toEqual({})
    await desk.passDays(15)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect(await desk.balances()).toEqual(paidOnce)
    expect(await desk.payments()).toHaveLength(1)
  })

  it('cannot be paid any more when it was cancelled, and may be begun again', async () => {
    const { page, subscriptionId } = await subscribed()
    await desk.ask(cancelSubscription, { caller: follower, subscriptionId })
    expect((await pay(page)).text).toContain('expired')
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'ended' })
    expect(await desk.balances()).toEqual({})
  })

  it('gives nothing when nobody came for a day, and the payment says why', async () => {
    const { page, paymentId } = await subscribed()
    await desk.passDays(1)
    await deliver()
    expect((await pay(page)).text).toContain('expired')
    expect(await desk.payments()).toMatchObject([{ status: 'failed', failure: 'page_expired' }])
    expect(await desk.held()).toMatchObject({ standing: 'lapsed' })
    expect(await returned(paymentId)).toContain('Expired')
  })
})

describe('a purchase on a page of Stripe', () => {
  it('is paid once, with its discount, and can be given back', async () => {
    const products = [{ name: 'Model A', category: 'models', amount: '100', currency: 'USD' }]
    const productId = (await desk.ask(createProducts, { caller: operator, products })).items[0]!.id
    const purchase = { provider: 'stripe' as const, products: [{ productId, quantity: 2 }], checkout: 'page' as const }
    const { paymentUrl, paymentId } = (await desk.ask(makePurchase, { caller: follower, purchase })).payment
    expect((await click(paymentUrl ?? '', 'card=pm_card_chargeDeclined')).text).toContain('declined')
    await deliver()
    expect(await desk.payments()).toMatchObject([{ status: 'failed' }])
    await pay(paymentUrl ?? '')
    await deliver({ order: 'reversed', copies: 2 })
    expect(await desk.balances()).toMatchObject({ 'revenue:products': '-200.00' })
    const requestId = '01963a5e-0000-7000-8000-0000000000ab'
    const refund = { caller: operator, paymentId, amount: '50', requestId }
    await desk.ask(refundPayment, refund)
    expect((await desk.balances())['revenue:products']).toBe('-150.00')
  })
})

describe('a kind of checkout', () => {
  it('is offered or refused as the provider has it, before anything is stored', async () => {
    const { items } = await desk.ask(listProviders, { caller: follower })
    expect(items.map(({ provider, checkouts }) => [provider, checkouts])).toEqual([
      ['mock', ['page']],
      ['stripe', ['form', 'page']],
    ])
    const wish = wishOf(await planOf(), 'mock', 'form')
    expect(await desk.refusal(beginSubscription, wish)).toBe('PROVIDER_NOT_AVAILABLE')
    expect(await desk.held()).toBeUndefined()
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
    await expect(open(id, Math.floor(desk.clock.now().getTime() / 1_000) + 3_600)).rejects.toThrow(/2 days/)
    const page = await open(id)
    await stripe.checkout.sessions.expire(page.id)
    await expect(stripe.checkout.sessions.expire(page.id)).rejects.toThrow(/"open"/)
  })
})
