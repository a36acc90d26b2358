import * as rpc from '@tradewire/contracts/rpc/billing'
import { beforeAll, describe, expect, it } from 'vitest'
import { BadInputDesk, type Delivery, type Opened } from './bad-input-desk.ts'
import type { SimulatedProvider } from './payers.ts'

const bodyBytesMax = 524_288
const unsigned = { 'content-type': 'application/json' }
const desk = new BadInputDesk()

beforeAll(() => desk.start())

const intentOf = ({ intent }: Opened) => desk.stripe.books.intents.get(intent.clientSecret?.split('_secret_')[0] ?? '')!
const invoiceOf = ({ intent }: Opened) => intent.paymentUrl?.split('/').at(-1) ?? ''
const subscriptionOf = ({ intent }: Opened) => desk.razorpay.books.subscriptions.get(intent.clientSecret ?? '')!

async function signedByStripe(object?: object, over?: object): Promise<Delivery> {
  return desk.signedByStripe(desk.stripeEvent(object ?? { id: intentOf(await desk.open('stripe')).id }, over))
}

async function signedByRazorpay(payload: object, event?: string): Promise<Delivery> {
  return desk.signedByRazorpay(desk.razorpayEvent(payload, event))
}

/** Paid at Stripe, and not as it was asked for. */
async function paidOtherwise(otherwise: object): Promise<Delivery> {
  const intent = intentOf(await desk.open('stripe'))
  desk.stripe.books.confirm(intent, 'pm_card_visa')
  Object.assign(intent, otherwise)
  return signedByStripe({ id: intent.id })
}

async function chargedOtherwise(ofOrder: object, ofPayment: object): Promise<Delivery> {
  const { books } = desk.razorpay
  const payment = books.authorise(subscriptionOf(await desk.open('razorpay')), 'card_success')!
  Object.assign(books.orders.get(payment.order_id)!, ofOrder)
  Object.assign(payment, ofPayment)
  return signedByRazorpay({ payment: { entity: { id: payment.id } } })
}

async function invoicedOtherwise(amount: number): Promise<Delivery> {
  const productId = invoiceOf(await desk.open('mayar'))
  Object.assign(desk.mayar.pay(productId)!, { amount })
  return desk.mayarEvent({ productId })
}

async function tellingOfPayment(provider: 'stripe' | 'razorpay' | 'mayar', opened: Opened): Promise<Delivery> {
  if (provider === 'stripe') {
    desk.stripe.books.confirm(intentOf(opened), 'pm_card_visa')
    return signedByStripe({ id: intentOf(opened).id })
  }
  if (provider === 'razorpay') {
    const { id } = desk.razorpay.books.authorise(subscriptionOf(opened), 'card_success')!
    return signedByRazorpay({ payment: { entity: { id } } })
  }
  desk.mayar.pay(invoiceOf(opened))
  return desk.mayarEvent({ productId: invoiceOf(opened) })
}

/** One that was taken in before, and granted what it tells of. */
async function takenBefore(provider: 'stripe' | 'razorpay' | 'mayar'): Promise<Delivery> {
  const opened = await desk.open(provider)
  const delivery = await tellingOfPayment(provider, opened)
  expect(await desk.deliver(provider, delivery)).toBe(200)
  const shown = await desk.client.ask(rpc.getPayment, { caller: opened.caller, paymentId: opened.intent.paymentId })
  expect(shown).toMatchObject({ ok: true, value: { status: 'succeeded' } })
  return delivery
}

const padded = (body: string) => body + ' '.repeat(bodyBytesMax)
const cut = (body: string) => body.slice(0, -5)

interface BadDelivery {
  readonly provider: SimulatedProvider
  readonly what: string
  readonly make: () => Promise<Delivery>
  readonly status: 200 | 400 | 413
  /** What becomes of its row: `waiting` with what is wrong in it, for operators to see; undefined for none. */
  readonly stored?: 'waiting' | 'ignored' | 'done'
}

const deliveries: readonly BadDelivery[] = [
  {
    provider: 'stripe',
    what: 'a signature under another secret',
    make: async () => {
      const event = desk.stripeEvent({ id: intentOf(await desk.open('stripe')).id })
      return desk.signedByStripe(event, { by: 'whsec_of_nobody' })
    },
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'no signature',
    make: async () => ({ ...(await signedByStripe()), headers: unsigned }),
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'a body that was changed after it was signed',
    make: async () => {
      const delivery = await signedByStripe()
      return { ...delivery, body: delivery.body.replace('pi_', 'pi_x') }
    },
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'a signature of six minutes ago',
    make: async () => {
      const event = desk.stripeEvent({ id: intentOf(await desk.open('stripe')).id })
      return desk.signedByStripe(event, { secondsAgo: 360 })
    },
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'one that was taken in before',
    make: () => takenBefore('stripe'),
    status: 200,
    stored: 'done',
  },
  {
    provider: 'stripe',
    what: 'half a body, signed',
    make: async () => {
      const { body, eventId } = desk.stripeEvent({ id: 'pi_1' })
      return desk.signedByStripe({ body: cut(body), eventId })
    },
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'no body',
    make: async () => desk.signedByStripe({ body: '', eventId: 'none' }),
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'a body beyond half a megabyte',
    make: async () => {
      const { body, eventId } = desk.stripeEvent({ id: 'pi_1' })
      return desk.signedByStripe({ body: padded(body), eventId })
    },
    status: 413,
  },
  {
    provider: 'stripe',
    what: 'another content type',
    make: async () => {
      const { headers, ...delivery } = await takenBefore('stripe')
      return { ...delivery, headers: { ...headers, 'content-type': 'text/xml' } }
    },
    status: 200,
    stored: 'done',
  },
  {
    provider: 'stripe',
    what: 'a type that nobody knows',
    make: () => signedByStripe({ id: 'issfr_1' }, { type: 'radar.early_fraud_warning.created' }),
    status: 200,
    stored: 'ignored',
  },
  {
    provider: 'stripe',
    what: 'a payment that Stripe does not know',
    make: () => signedByStripe({ id: 'pi_of_nobody' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment that is not for anything of ours',
    make: async () => {
      const intent = desk.stripe.books.createIntent(4_000, 'usd')
      desk.stripe.books.confirm(intent, 'pm_card_visa')
      return signedByStripe({ id: intent.id })
    },
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'an event of live mode at a key of test mode, which says that it is paid',
    make: async () => {
      const { id } = intentOf(await desk.open('stripe'))
      return signedByStripe({ id, status: 'succeeded', amount_received: 4_000 }, { livemode: true })
    },
    status: 200,
    stored: 'done',
  },
  {
    provider: 'stripe',
    what: 'a payment in another currency',
    make: () => paidOtherwise({ currency: 'eur' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment in a currency that nobody knows',
    make: () => paidOtherwise({ currency: 'xxx' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment of less than nothing',
    make: () => paidOtherwise({ amount_received: -4_000 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment of nothing that succeeded',
    make: () => paidOtherwise({ amount_received: 0 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment of more than can be counted',
    make: () => paidOtherwise({ amount_received: 1e300 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a signature under another secret',
    make: async () => {
      const entity = subscriptionOf(await desk.open('razorpay'))
      return desk.signedByRazorpay(desk.razorpayEvent({ subscription: { entity } }), 'secret-of-nobody')
    },
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'no signature',
    make: async () => ({ ...(await signedByRazorpay({})), headers: unsigned }),
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'a body that was changed after it was signed',
    make: async () => {
      const delivery = await signedByRazorpay({ payment: { entity: { id: 'pay_1' } } })
      return { ...delivery, body: delivery.body.replace('pay_1', 'pay_2') }
    },
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'one that was taken in before, which its signature does not date',
    make: () => takenBefore('razorpay'),
    status: 200,
    stored: 'done',
  },
  {
    provider: 'razorpay',
    what: 'one that was taken in before, under another id',
    make: async () => {
      const { body } = await takenBefore('razorpay')
      return desk.signedByRazorpay({ body, eventId: 'evt_of_another_name' })
    },
    status: 200,
    stored: 'done',
  },
  {
    provider: 'razorpay',
    what: 'half a body, signed',
    make: async () => {
      const { body, eventId } = desk.razorpayEvent({ payment: { entity: { id: 'pay_1' } } })
      return desk.signedByRazorpay({ body: cut(body), eventId })
    },
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'no body',
    make: async () => desk.signedByRazorpay({ body: '', eventId: 'none' }),
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'a body beyond half a megabyte',
    make: async () => {
      const { body, eventId } = desk.razorpayEvent({ payment: { entity: { id: 'pay_1' } } })
      return desk.signedByRazorpay({ body: padded(body), eventId })
    },
    status: 413,
  },
  {
    provider: 'razorpay',
    what: 'another content type',
    make: async () => {
      const { headers, ...delivery } = await takenBefore('razorpay')
      return { ...delivery, headers: { ...headers, 'content-type': 'text/plain' } }
    },
    status: 200,
    stored: 'done',
  },
  {
    provider: 'razorpay',
    what: 'a type that nobody knows',
    make: () => signedByRazorpay({ settlement: { entity: { id: 'setl_1' } } }, 'settlement.processed'),
    status: 200,
    stored: 'ignored',
  },
  {
    provider: 'razorpay',
    what: 'a payment that Razorpay does not know, as one of live mode at a key of test mode',
    make: () => signedByRazorpay({ payment: { entity: { id: 'pay_of_nobody', status: 'captured' } } }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment that is not for anything of ours',
    make: async () => {
      const order = desk.razorpay.books.createOrder({
        amount: 4_000,
        currency: 'USD',
        receipt: 'of another',
        notes: {},
      })
      const { id } = desk.razorpay.books.payOrder(order, 'card_success')
      return signedByRazorpay({ payment: { entity: { id } } })
    },
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment in another currency',
    make: () => chargedOtherwise({ currency: 'EUR' }, { currency: 'EUR' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment of less than nothing',
    make: () => chargedOtherwise({}, { amount: -4_000 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment of nothing that succeeded',
    make: () => chargedOtherwise({}, { amount: 0 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment of more than can be counted',
    make: () => chargedOtherwise({}, { amount: 1e300 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'mayar',
    what: 'another end of the address',
    make: async () => ({ ...desk.mayarEvent({ productId: invoiceOf(await desk.open('mayar')) }), path: 'a-guess' }),
    status: 400,
  },
  {
    provider: 'mayar',
    what: 'no end of the address',
    make: async () => {
      const { path: _path, ...delivery } = desk.mayarEvent({ productId: invoiceOf(await desk.open('mayar')) })
      return delivery
    },
    status: 400,
  },
  {
    provider: 'mayar',
    what: 'a delivery that says that it is paid, and an invoice that does not',
    make: async () =>
      desk.mayarEvent({ productId: invoiceOf(await desk.open('mayar')), status: 'SUCCESS', amount: 150_000 }),
    status: 200,
    stored: 'done',
  },
  {
    provider: 'mayar',
    what: 'one that was taken in before',
    make: () => takenBefore('mayar'),
    status: 200,
    stored: 'done',
  },
  {
    provider: 'mayar',
    what: 'half a body',
    make: async () => {
      const delivery = desk.mayarEvent({})
      return { ...delivery, body: cut(delivery.body) }
    },
    status: 400,
  },
  { provider: 'mayar', what: 'no body', make: async () => ({ ...desk.mayarEvent({}), body: '' }), status: 400 },
  {
    provider: 'mayar',
    what: 'a body beyond half a megabyte',
    make: async () => {
      const delivery = desk.mayarEvent({})
      return { ...delivery, body: padded(delivery.body) }
    },
    status: 413,
  },
  {
    provider: 'mayar',
    what: 'another content type',
    make: async () => ({ ...(await takenBefore('mayar')), headers: { 'content-type': 'application/octet-stream' } }),
    status: 200,
    stored: 'done',
  },
  {
    provider: 'mayar',
    what: 'a type that nobody knows',
    make: async () => desk.mayarEvent({}, 'membership.memberExpired'),
    status: 200,
    stored: 'ignored',
  },
  {
    provider: 'mayar',
    what: 'an invoice that Mayar does not know',
    make: async () => desk.mayarEvent({ productId: 'inv-of-nobody' }),
    status: 200,
    stored: 'ignored',
  },
  {
    provider: 'mayar',
    what: 'a payment of less than nothing',
    make: () => invoicedOtherwise(-150_000),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'mayar',
    what: 'a payment of nothing that succeeded',
    make: () => invoicedOtherwise(0),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'mayar',
    what: 'a payment of more than can be counted',
    make: () => invoicedOtherwise(1e300),
    status: 200,
    stored: 'waiting',
  },
  { provider: 'mock', what: 'any delivery: it makes none', make: async () => desk.mayarEvent({}), status: 400 },
]

describe('what is delivered', () => {
  it.each(deliveries)('to $provider, $what, grants and books nothing', async ({ provider, make, status, stored }) => {
    const delivery = await make()
    const before = await desk.picture()
    expect(await desk.deliver(provider, delivery)).toBe(status)
    expect(await desk.picture()).toEqual(before)
    const row = 'select state, error from billing.provider_event where provider = $1 and event_id = $2'
    const rows = await desk.backends.query<{ state: string; error: string | null }>(row, [provider, delivery.eventId])
    expect(rows.map(({ state }) => state)).toEqual(stored === undefined ? [] : [stored])
    if (stored === 'waiting') expect(rows[0]?.error).not.toBeNull()
  })
})
