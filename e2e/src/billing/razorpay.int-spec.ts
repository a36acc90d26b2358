import { follower, operator, stranger, wishFor } from '@tradewire/billing/testing/billing-desk'
import { confirmPayment, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { createProducts } from '@tradewire/contracts/rpc/billing/products'
import { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription, cancelSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { changeSubscription } from '@tradewire/contracts/rpc/billing/subscription-changes'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderDesk, secrets } from './provider-desk.ts'

const desk = new ProviderDesk(['razorpay'])
let planId: string
let basicId: string
let productId: string

beforeAll(() => desk.start())

beforeEach(async () => {
  await order('fault', { fault: 'none' })
  await desk.clear()
  const plan = { name: 'PROFESSIONAL', monthlyPrice: '40', maxBalance: '15000', maxApiKeys: 20 }
  planId = (await desk.ask(createPlan, { caller: operator, plan })).id
  const basic = { name: 'BASIC', monthlyPrice: '20', maxApiKeys: 2 }
  basicId = (await desk.ask(createPlan, { caller: operator, plan: basic })).id
  const products = [{ name: 'Model A', category: 'models', amount: '1500', currency: 'INR' }]
  productId = (await desk.ask(createProducts, { caller: operator, products })).items[0]!.id
})

const order = (name: string, body: object) => desk.order('razorpay', name, body)
const deliver = (how?: object) => desk.deliver('razorpay', how)

async function subscribe(requestId?: string) {
  const wish = { ...wishFor(planId), provider: 'razorpay' as const }
  const subscription = requestId === undefined ? wish : { ...wish, requestId }
  const begun = await desk.ask(beginSubscription, { caller: follower, subscription })
  return { ...begun, sub: begun.clientSecret ?? '', subscriptionId: begun.subscriptionId ?? '' }
}

async function buy() {
  const purchase = { provider: 'razorpay' as const, products: [{ productId, quantity: 1 }] }
  const bought = await desk.ask(makePurchase, { caller: follower, purchase })
  return bought.payment
}

interface Paid {
  readonly payment: { readonly id: string; readonly order_id: string }
  readonly proof: Record<string, string>
}

async function pay(of: string, card = 'card_success', proven = false): Promise<Paid> {
  return (await order('pay', { of, card, proven })) as Paid
}

describe('a subscription at Razorpay', () => {
  it('is active when its first payment is told, however often and whichever way round', async () => {
    const { sub, clientSecret, paymentUrl } = await subscribe()
    expect([clientSecret?.startsWith('sub_'), paymentUrl]).toEqual([true, null])
    await pay(sub)
    expect(await desk.held()).toMatchObject({ standing: 'incomplete' })
    await deliver({ order: 'reversed', copies: 3 })
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: '2026-02-28T12:00:00.000Z' })
    // Two per cent, and eighteen per cent of that as tax.
    const kept = { 'clearing:razorpay': '39.06', 'cost:provider-fees': '0.94', 'revenue:plans': '-40.00' }
    expect(await desk.balances()).toEqual(kept)
    expect([await desk.told('payment.succeeded'), await desk.told('invoice.issued')]).toEqual([1, 1])
  })

  it('waits for the payer’s bank, and tells of a card that is declined', async () => {
    const { sub } = await subscribe()
    await pay(sub, 'card_declined')
    await deliver()
    expect(await desk.payments()).toMatchObject([{ status: 'failed', failure: 'payment_failed' }])
    expect(await desk.held()).toMatchObject({ standing: 'incomplete' })
    await pay(sub, 'card_asks_bank')
    await pay(sub, 'card_asks_bank', true)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect(await desk.payments()).toMatchObject([{ status: 'succeeded' }])
    expect([await desk.told('payment.failed'), await desk.told('payment.succeeded')]).toEqual([1, 1])
  })

  it('is charged again by Razorpay, and an hourly look makes up for deliveries that were all lost', async () => {
    const { sub } = await subscribe()
    await pay(sub)
    await desk.passDays(29)
    await desk.run('pull')
    await desk.quiet()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    const end = (await desk.held())?.paidThrough ?? ''
    expect(new Date(end).getTime()).toBeGreaterThan(desk.clock.now().getTime())
    await deliver({ copies: 2 })
    expect(await desk.told('payment.succeeded')).toBe(2)
    expect((await desk.balances())['revenue:plans']).toBe('-80.00')
  })

  it('whose renewal is declined goes on for the days of grace, lapses, and is active again with another card', async () => {
    const { sub } = await subscribe()
    await pay(sub)
    await deliver()
    await order('card', { subscription: sub, card: 'card_declined' })
    await desk.passDays(33)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'past-due' })
    await desk.passDays(5)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'lapsed', endsAt: null })
    await order('card', { subscription: sub, card: 'card_success' })
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect((await desk.balances())['revenue:plans']).toBe('-80.00')
  })

  it('that is cancelled is not charged again', async () => {
    const { sub, subscriptionId } = await subscribe()
    await pay(sub)
    await deliver()
    await desk.ask(cancelSubscription, { caller: follower, subscriptionId })
    await desk.passDays(35)
    await deliver()
    expect(await desk.held()).toMatchObject({ standing: 'ended', endsAt: '2026-05-08T12:00:00.000Z' })
    expect((await desk.balances())['revenue:plans']).toBe('-40.00')
  })

  it('that lapsed and is paid beside the one that was begun anew is ended there, and gives the money back', async () => {
    const first = await subscribe()
    await desk.passDays(2)
    const second = await subscribe()
    await pay(second.sub)
    await deliver()
    await pay(first.sub)
    await deliver()
    expect(await desk.held()).toMatchObject({ id: second.subscriptionId, standing: 'active' })
    const owed = `due:user:${follower.userId}`
    expect(await desk.balances()).toMatchObject({ 'revenue:plans': '-40.00', [owed]: '-40.00' })
    await desk.passDays(0)
    await deliver()
    const after = await desk.balances()
    expect([after['revenue:plans'], after[owed]]).toEqual(['-40.00', undefined])
    const old = 'select standing, paid_through from billing.subscription where id = $1'
    expect(await desk.backends.query(old, [first.subscriptionId])).toEqual([{ standing: 'ended', paid_through: null }])
    await desk.passDays(35)
    await deliver()
    expect((await desk.balances())['revenue:plans']).toBe('-80.00')
    expect(await desk.told('invoice.issued')).toBe(2)
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
    expect(await desk.told('payment.succeeded')).toBe(1)
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
      expect(await desk.refusal(changeSubscription, change)).toBe('PROVIDER_UNAVAILABLE')
      // It is told again and again.
      await desk.passDays(1)
      await desk.passDays(31)
      await order('fault', { fault: 'none' })
      await deliver()
      expect((await desk.balances())['revenue:plans']).toBe(charged)
      await desk.passDays(0)
      expect(await desk.held()).toMatchObject({ subject: { name: becomes }, standing: 'active' })
      await desk.passDays(31)
      await deliver()
      expect((await desk.balances())['revenue:plans']).toBe(heard ? '-80.00' : '-120.00')
    },
  )

  it.each(['as-told', 'reversed', 'not at all'] as const)(
    'whose first payment and two renewals are told of at once (%s) has three payments, each of its own period',
    async (way) => {
      // The next look goes back to here.
      await desk.run('pull')
      const { sub } = await subscribe()
      const { payment } = await pay(sub)
      await desk.passDays(62)
      if (way === 'not at all') await desk.run('pull')
      else await deliver({ order: way })
      await desk.quiet()
      expect(await desk.balances()).toMatchObject({ 'revenue:plans': '-120.00' })
      expect([await desk.told('payment.succeeded'), await desk.told('invoice.issued')]).toEqual([3, 3])
      const known = 'select external_id, period from billing.payment order by period nulls last, external_id'
      const rows = await desk.backends.query<{ external_id: string; period: number | null }>(known)
      expect(rows.map(({ period }) => period)).toEqual([1, null, null])
      expect(rows[0]?.external_id).toBe(payment.order_id)
      await deliver({ copies: 2 })
      expect(await desk.backends.query(known)).toEqual(rows)
    },
  )
})

describe('a purchase at Razorpay', () => {
  it('is known as soon as the payer’s page brings the proof, and once only', async () => {
    const { clientSecret, paymentId } = await buy()
    const { proof } = await pay(clientSecret ?? '')
    const confirm = (given: Record<string, string>) =>
      desk.client.ask(confirmPayment, { caller: follower, paymentId, proof: given })
    const forged = { ...proof, razorpay_signature: proof['razorpay_signature']!.replace(/.$/, 'g') }
    expect(await confirm(forged)).toMatchObject({ ok: false, error: { code: 'PROOF_REFUSED' } })
    expect(await confirm({})).toMatchObject({ ok: false, error: { code: 'PROOF_REFUSED' } })
    expect(await confirm(proof)).toMatchObject({ ok: true, value: { status: 'succeeded' } })
    const strange = await desk.client.ask(confirmPayment, { caller: stranger, paymentId, proof })
    expect(strange).toMatchObject({ ok: false, error: { code: 'PAYMENT_NOT_FOUND' } })
    await confirm(proof)
    await deliver({ order: 'reversed', copies: 3 })
    expect(await desk.told('payment.succeeded')).toBe(1)
    expect(await desk.balances()).toMatchObject({ 'revenue:products': '-1500.00' })
  })

  it('gives money back once, whether we ask for it, are told of it or both', async () => {
    const { clientSecret, paymentId } = await buy()
    await pay(clientSecret ?? '')
    await deliver()
    const requestId = '01963a5e-0000-7000-8000-0000000000ab'
    const refund = { caller: operator, paymentId, amount: '500', requestId }
    const answers = await Promise.all(Array.from({ length: 10 }, () => desk.client.ask(refundPayment, refund)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10)
    await deliver({ order: 'reversed', copies: 2 })
    expect(await desk.balances()).toMatchObject({ 'revenue:products': '-1000.00' })
    expect(await desk.told('refund.issued')).toBe(1)
  })

  it('that is disputed is set aside, and lost when the dispute is', async () => {
    const { clientSecret } = await buy()
    const { payment } = await pay(clientSecret ?? '')
    const dispute = (await order('dispute', { payment: payment.id })) as { id: string }
    await deliver({ order: 'reversed' })
    expect(await desk.balances()).toMatchObject({ 'disputed:razorpay': '1500.00' })
    await order('close-dispute', { dispute: dispute.id, status: 'lost' })
    await desk.run('pull')
    await desk.quiet()
    const after = await desk.balances()
    expect([after['disputed:razorpay'], after['revenue:products']]).toEqual([undefined, undefined])
    expect(after['clearing:razorpay']).toBe('-35.40')
  })
})

describe('a delivery of Razorpay', () => {
  it('is refused with a wrong secret or a changed body, and taken with either secret of a rotation', async () => {
    const { sub } = await subscribe()
    await pay(sub)
    expect(await deliver({ secret: 'secret-of-nobody' })).toMatchObject({ accepted: 0 })
    const taken = await deliver({ secret: secrets.before })
    expect(taken.accepted).toBe(taken.sent)
    expect(taken.sent).toBeGreaterThan(0)
    const headers = { 'x-razorpay-signature': 'a'.repeat(64), 'x-razorpay-event-id': 'evt_forged' }
    const body = JSON.stringify({ event: 'payment.captured', payload: { payment: { entity: { id: 'pay_1' } } } })
    const answer = await request(desk.deliveriesOf('razorpay'), { method: 'POST', headers, body })
    await answer.body.dump()
    expect(answer.statusCode).toBe(400)
  })
})
