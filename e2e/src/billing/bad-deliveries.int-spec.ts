import { beforeAll, describe, expect, it } from 'vitest'
import { PaymentDesk, type Delivery } from './payment-desk.ts'
import type { SimulatedProvider } from '@tradewire/simulator/billing/crowd/payers'

const bodyBytesMax = 524_288
const unsigned = { 'content-type': 'application/json' }
const desk = new PaymentDesk()

beforeAll(() => desk.start())

const padded = (body: string) => body + ' '.repeat(bodyBytesMax)
const cut = (body: string) => body.slice(0, -5)

function signedStripe(changed: (body: string) => string): Delivery {
  const { body, eventId } = desk.stripeEvent({ id: 'pi_1' })
  return desk.signedByStripe({ body: changed(body), eventId })
}

function signedRazorpay(changed: (body: string) => string): Delivery {
  const { body, eventId } = desk.razorpayEvent({ payment: { entity: { id: 'pay_1' } } })
  return desk.signedByRazorpay({ body: changed(body), eventId })
}

interface BadDelivery {
  readonly provider: SimulatedProvider
  readonly what: string
  readonly make: () => Delivery | Promise<Delivery>
  readonly status: 200 | 400 | 413
  /** What becomes of its row: `waiting` with what is wrong in it, for operators to see; undefined for none. */
  readonly stored?: 'waiting' | 'ignored' | 'done'
}

const deliveries: readonly BadDelivery[] = [
  {
    provider: 'stripe',
    what: 'a signature under another secret',
    make: async () => {
      const event = desk.stripeEvent({ id: desk.intentOf(await desk.open('stripe')).id })
      return desk.signedByStripe(event, { by: 'whsec_of_nobody' })
    },
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'no signature',
    make: async () => ({ ...(await desk.tellByStripe()), headers: unsigned }),
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'a body that was changed after it was signed',
    make: async () => {
      const delivery = await desk.tellByStripe()
      return { ...delivery, body: delivery.body.replace('pi_', 'pi_x') }
    },
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'a signature of six minutes ago',
    make: async () => {
      const event = desk.stripeEvent({ id: desk.intentOf(await desk.open('stripe')).id })
      return desk.signedByStripe(event, { secondsAgo: 360 })
    },
    status: 400,
  },
  {
    provider: 'stripe',
    what: 'one that was taken in before',
    make: () => desk.takenBefore('stripe'),
    status: 200,
    stored: 'done',
  },
  { provider: 'stripe', what: 'half a body, signed', make: async () => signedStripe(cut), status: 400 },
  {
    provider: 'stripe',
    what: 'no body',
    make: async () => desk.signedByStripe({ body: '', eventId: 'none' }),
    status: 400,
  },
  { provider: 'stripe', what: 'a body beyond half a megabyte', make: async () => signedStripe(padded), status: 413 },
  {
    provider: 'stripe',
    what: 'another content type',
    make: async () => {
      const { headers, ...delivery } = await desk.takenBefore('stripe')
      return { ...delivery, headers: { ...headers, 'content-type': 'text/xml' } }
    },
    status: 200,
    stored: 'done',
  },
  {
    provider: 'stripe',
    what: 'a type that nobody knows',
    make: () => desk.tellByStripe({ id: 'issfr_1' }, { type: 'radar.early_fraud_warning.created' }),
    status: 200,
    stored: 'ignored',
  },
  {
    provider: 'stripe',
    what: 'a payment that Stripe does not know',
    make: () => desk.tellByStripe({ id: 'pi_of_nobody' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment that is not for anything of ours',
    make: async () => {
      const intent = desk.stripe.books.createIntent(4_000, 'usd')
      desk.stripe.books.confirm(intent, 'pm_card_visa')
      return desk.tellByStripe({ id: intent.id })
    },
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'an event of live mode at a key of test mode, which says that it is paid',
    make: async () => {
      const { id } = desk.intentOf(await desk.open('stripe'))
      return desk.tellByStripe({ id, status: 'succeeded', amount_received: 4_000 }, { livemode: true })
    },
    status: 200,
    stored: 'done',
  },
  {
    provider: 'stripe',
    what: 'a payment in another currency',
    make: () => desk.paidOtherwise({ currency: 'eur' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment in a currency that nobody knows',
    make: () => desk.paidOtherwise({ currency: 'xxx' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment of less than nothing',
    make: () => desk.paidOtherwise({ amount_received: -4_000 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment of nothing that succeeded',
    make: () => desk.paidOtherwise({ amount_received: 0 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'stripe',
    what: 'a payment of more than can be counted',
    make: () => desk.paidOtherwise({ amount_received: 1e300 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a signature under another secret',
    make: async () => {
      const entity = desk.subscriptionOf(await desk.open('razorpay'))
      return desk.signedByRazorpay(desk.razorpayEvent({ subscription: { entity } }), 'secret-of-nobody')
    },
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'no signature',
    make: () => ({ ...desk.tellByRazorpay({}), headers: unsigned }),
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'a body that was changed after it was signed',
    make: () => {
      const delivery = desk.tellByRazorpay({ payment: { entity: { id: 'pay_1' } } })
      return { ...delivery, body: delivery.body.replace('pay_1', 'pay_2') }
    },
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'one that was taken in before, which its signature does not date',
    make: () => desk.takenBefore('razorpay'),
    status: 200,
    stored: 'done',
  },
  {
    provider: 'razorpay',
    what: 'one that was taken in before, under another id',
    make: async () => {
      const { body } = await desk.takenBefore('razorpay')
      return desk.signedByRazorpay({ body, eventId: 'evt_of_another_name' })
    },
    status: 200,
    stored: 'done',
  },
  { provider: 'razorpay', what: 'half a body, signed', make: async () => signedRazorpay(cut), status: 400 },
  {
    provider: 'razorpay',
    what: 'no body',
    make: async () => desk.signedByRazorpay({ body: '', eventId: 'none' }),
    status: 400,
  },
  {
    provider: 'razorpay',
    what: 'a body beyond half a megabyte',
    make: async () => signedRazorpay(padded),
    status: 413,
  },
  {
    provider: 'razorpay',
    what: 'another content type',
    make: async () => {
      const { headers, ...delivery } = await desk.takenBefore('razorpay')
      return { ...delivery, headers: { ...headers, 'content-type': 'text/plain' } }
    },
    status: 200,
    stored: 'done',
  },
  {
    provider: 'razorpay',
    what: 'a type that nobody knows',
    make: async () => desk.tellByRazorpay({ settlement: { entity: { id: 'setl_1' } } }, 'settlement.processed'),
    status: 200,
    stored: 'ignored',
  },
  {
    provider: 'razorpay',
    what: 'a payment that Razorpay does not know, as one of live mode at a key of test mode',
    make: async () => desk.tellByRazorpay({ payment: { entity: { id: 'pay_of_nobody', status: 'captured' } } }),
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
      return desk.tellByRazorpay({ payment: { entity: { id } } })
    },
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment in another currency',
    make: () => desk.chargedOtherwise({ currency: 'EUR' }, { currency: 'EUR' }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment of less than nothing',
    make: () => desk.chargedOtherwise({}, { amount: -4_000 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment of nothing that succeeded',
    make: () => desk.chargedOtherwise({}, { amount: 0 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'razorpay',
    what: 'a payment of more than can be counted',
    make: () => desk.chargedOtherwise({}, { amount: 1e300 }),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'mayar',
    what: 'another end of the address',
    make: async () => ({
      ...desk.mayarEvent({ productId: desk.invoiceOf(await desk.open('mayar')) }),
      path: 'a-guess',
    }),
    status: 400,
  },
  {
    provider: 'mayar',
    what: 'no end of the address',
    make: async () => {
      const { path: _path, ...delivery } = desk.mayarEvent({ productId: desk.invoiceOf(await desk.open('mayar')) })
      return delivery
    },
    status: 400,
  },
  {
    provider: 'mayar',
    what: 'a delivery that says that it is paid, and an invoice that does not',
    make: async () =>
      desk.mayarEvent({ productId: desk.invoiceOf(await desk.open('mayar')), status: 'SUCCESS', amount: 150_000 }),
    status: 200,
    stored: 'done',
  },
  {
    provider: 'mayar',
    what: 'one that was taken in before',
    make: () => desk.takenBefore('mayar'),
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
    make: async () => ({
      ...(await desk.takenBefore('mayar')),
      headers: { 'content-type': 'application/octet-stream' },
    }),
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
    make: () => desk.invoicedOtherwise(-150_000),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'mayar',
    what: 'a payment of nothing that succeeded',
    make: () => desk.invoicedOtherwise(0),
    status: 200,
    stored: 'waiting',
  },
  {
    provider: 'mayar',
    what: 'a payment of more than can be counted',
    make: () => desk.invoicedOtherwise(1e300),
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
