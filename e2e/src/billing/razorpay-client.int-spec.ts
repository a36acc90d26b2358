import {
  payersProof,
  RazorpayServer,
  signedDelivery,
  simulatedKey,
} from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import Fastify from 'fastify'
import Razorpay from 'razorpay'
import { validatePaymentVerification } from 'razorpay/dist/utils/razorpay-utils.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const clock = new ManualClock('2026-01-31T12:00:00.000Z')
const server = new RazorpayServer(clock)
const { books } = server
const http = Fastify()
const client = new Razorpay({ key_id: simulatedKey.id, key_secret: simulatedKey.secret })
const stranger = new Razorpay({ key_id: simulatedKey.id, key_secret: 'a-guess' })
const monthMs = 31 * 86_400_000
const item = { name: 'Professional', amount: 4_000, currency: 'USD' }

/** The client is Razorpay's own, unchanged but for where it calls. */
interface Calling {
  readonly api: { readonly rq: { readonly defaults: { baseURL: string } } }
}

beforeAll(async () => {
  await server.register(http, () => true)
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  for (const one of [client, stranger]) {
    ;(one as unknown as Calling).api.rq.defaults.baseURL = `${url}/razorpay`
  }
})

afterAll(() => http.close())

const newPlan = (amount: number) => client.plans.create({ period: 'monthly', interval: 1, item: { ...item, amount } })

describe('Razorpay’s own client at the simulated Razorpay', () => {
  it('is refused with a wrong key, and told in its own words what there is not', async () => {
    await expect(stranger.orders.all()).rejects.toMatchObject({ statusCode: 401, error: { code: 'BAD_REQUEST_ERROR' } })
    const description = 'The id provided does not exist'
    await expect(client.orders.fetch('order_nobody')).rejects.toMatchObject({ statusCode: 400, error: { description } })
  })

  it('makes an order, sees it paid, and gives money back', async () => {
    const order = await client.orders.create({
      amount: 5_000,
      currency: 'INR',
      receipt: 'r-1',
      notes: { of: 'a test' },
    })
    expect(order).toMatchObject({ entity: 'order', status: 'created', amount_due: 5_000, receipt: 'r-1' })
    const { id } = books.payOrder(books.orders.get(order.id)!, 'card_success')
    expect(await client.orders.fetch(order.id)).toMatchObject({ status: 'paid', amount_paid: 5_000, amount_due: 0 })
    expect(await client.orders.fetchPayments(order.id)).toMatchObject({ count: 1, items: [{ id, captured: true }] })
    expect(await client.payments.fetch(id)).toMatchObject({ entity: 'payment', status: 'captured', order_id: order.id })
    await expect(client.payments.capture(id, 5_000, 'INR')).rejects.toMatchObject({
      error: { description: 'This payment has already been captured' },
    })
    const refund = await client.payments.refund(id, { amount: 2_000, notes: { of: 'a part' } })
    expect(refund).toMatchObject({ entity: 'refund', amount: 2_000, payment_id: id, status: 'processed' })
    expect(await client.payments.fetchRefund(id, refund.id)).toMatchObject({ id: refund.id, amount: 2_000 })
    expect(await client.payments.fetchMultipleRefund(id, {})).toMatchObject({ count: 1, items: [{ id: refund.id }] })
    expect(await client.refunds.fetch(refund.id)).toMatchObject({ id: refund.id })
    await expect(client.payments.refund(id, { amount: 3_001 })).rejects.toMatchObject({ statusCode: 400 })
  })

  it('makes a subscription, changes it and takes that back, sees it renewed, and cancels it', async () => {
    const [plan, cheaper] = [await newPlan(4_000), await newPlan(2_000)]
    expect(await client.plans.fetch(plan.id)).toMatchObject({ entity: 'plan', item: { amount: 4_000 } })
    const { id } = await client.subscriptions.create({ plan_id: plan.id, total_count: 12, notes: { of: 'a test' } })
    books.authorise(books.subscriptions.get(id)!, 'card_success')
    expect(await client.subscriptions.fetch(id)).toMatchObject({ status: 'active', paid_count: 1, plan_id: plan.id })
    const change = { plan_id: cheaper.id, schedule_change_at: 'cycle_end' as const }
    expect(await client.subscriptions.update(id, change)).toMatchObject({ has_scheduled_changes: true })
    expect(await client.subscriptions.pendingUpdate(id)).toMatchObject({ id, plan_id: cheaper.id })
    expect(await client.subscriptions.cancelScheduledChanges(id)).toMatchObject({ has_scheduled_changes: false })
    await client.subscriptions.update(id, change)
    clock.advance(monthMs)
    books.advanceTo(clock.now())
    expect(await client.subscriptions.fetch(id)).toMatchObject({ paid_count: 2, plan_id: cheaper.id })
    const invoices = await client.invoices.all({ subscription_id: id })
    expect(invoices.items.map(({ amount, status }) => [amount, status])).toEqual([
      [2_000, 'paid'],
      [4_000, 'paid'],
    ])
    expect(await client.subscriptions.cancel(id, true)).toMatchObject({ id, status: 'active' })
    expect(await client.subscriptions.cancel(id)).toMatchObject({ id, status: 'cancelled' })
    await expect(client.subscriptions.cancel(id)).rejects.toMatchObject({ statusCode: 400 })
    expect((await client.subscriptions.all({ plan_id: cheaper.id })).items.map((one) => one.id)).toEqual([id])
  })

  it('holds the deliveries of all that for Razorpay’s, and no other', () => {
    const secret = 'secret-of-the-webhook'
    const told = books.events.map(({ event }) => event)
    expect(told).toEqual(expect.arrayContaining(['payment.captured', 'subscription.charged', 'refund.processed']))
    for (const event of books.events) {
      const { headers, body } = signedDelivery(event, secret)
      const signature = headers['x-razorpay-signature']!
      expect(Razorpay.validateWebhookSignature(body, signature, secret)).toBe(true)
      expect(Razorpay.validateWebhookSignature(`${body} `, signature, secret)).toBe(false)
      expect(Razorpay.validateWebhookSignature(body, signature, 'another')).toBe(false)
    }
  })

  it('holds the proof that the payer’s page brings for Razorpay’s', () => {
    const isProven = (of: object, { razorpay_signature: signature = '' }: Record<string, string>) =>
      validatePaymentVerification(
        of as Parameters<typeof validatePaymentVerification>[0],
        signature,
        simulatedKey.secret,
      )
    const [subscription] = books.subscriptions.values()
    const [ofOrder, ofCycle] = books.payments.values()
    const order = { order_id: ofOrder!.order_id, payment_id: ofOrder!.id }
    expect(isProven(order, payersProof(ofOrder!))).toBe(true)
    expect(isProven({ ...order, payment_id: ofCycle!.id }, payersProof(ofOrder!))).toBe(false)
    const cycle = { subscription_id: subscription!.id, payment_id: ofCycle!.id }
    expect(isProven(cycle, payersProof(ofCycle!, subscription!.id))).toBe(true)
  })
})
