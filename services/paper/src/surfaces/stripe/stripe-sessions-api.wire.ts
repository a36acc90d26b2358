/**
 * The part of Stripe's API that opens and closes hosted pages. Called by the API.
 * Must never take a parameter that Stripe does not know, nor a trial that is too near for it.
 */
import { z } from 'zod'
import { found, missing, ok, refused, type StripeAnswer } from './stripe-answers.wire.ts'
import type { StripeBooks } from './stripe-books.wire.ts'
import type { Customer, Price } from './stripe-objects.wire.ts'
import { daysFrom } from './stripe-sessions.wire.ts'

/** A trial that is named by its end must last that long. */
const trialHoursMin = 48
const hourMs = 3_600_000
const secondMs = 1_000
const whole = z.coerce.number().int()
const metadata = z.record(z.string(), z.string()).optional().default({})
const pageUrls = { success_url: z.url(), cancel_url: z.url().optional() }
const common = { customer: z.string(), client_reference_id: z.string().max(200).optional(), metadata, ...pageUrls }
const newSession = z.discriminatedUnion('mode', [
  z.strictObject({
    ...common,
    mode: z.literal('subscription'),
    line_items: z.strictObject({ 0: z.strictObject({ price: z.string(), quantity: z.literal('1') }) }),
    subscription_data: z.strictObject({
      metadata,
      trial_end: whole.optional(),
      trial_period_days: whole.min(1).max(730).optional(),
      trial_settings: z
        .strictObject({
          end_behavior: z.strictObject({ missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']) }),
        })
        .optional(),
    }),
  }),
  z.strictObject({
    ...common,
    mode: z.literal('payment'),
    line_items: z.strictObject({
      0: z.strictObject({
        quantity: z.literal('1'),
        price_data: z.strictObject({
          currency: z.string().regex(/^[a-z]{3}$/),
          unit_amount: whole.min(1),
          product_data: z.strictObject({ name: z.string().min(1) }),
        }),
      }),
    }),
    payment_intent_data: z.strictObject({ metadata, description: z.string().optional() }),
  }),
])
type Wish = z.output<typeof newSession>

export class StripeSessionsApi {
  private readonly books: StripeBooks
  private readonly sold: (price: string, param: string, customer: string) => Price | StripeAnswer

  /** `sold` answers a price that this customer may begin to pay, or the refusal. */
  constructor(books: StripeBooks, sold: StripeSessionsApi['sold']) {
    this.books = books
    this.sold = sold
  }

  /** Of a path below `checkout/sessions`. `origin` is where the pages are. */
  answer(route: string, id: string, parameters: unknown, origin: string): StripeAnswer | undefined {
    const session = this.books.sessions.all.get(id)
    switch (route) {
      case 'POST sessions':
        return this.create(newSession.parse(parameters), `${origin}/c/pay/`)
      case 'GET sessions/:id':
        return found(session)
      case 'POST sessions/:id/expire': {
        if (session === undefined) return found(session)
        const expired = this.books.sessions.expire(session)
        const message = 'Only Checkout Sessions with a status in ["open"] can be expired.'
        return expired === undefined ? refused(message) : ok(expired)
      }
      default:
        return undefined
    }
  }

  private create(wish: Wish, pageUrl: string): StripeAnswer {
    const customer = this.books.customers.get(wish.customer)
    if (customer === undefined) return missing('customer', wish.customer, 'customer')
    return wish.mode === 'payment'
      ? this.forPayment(wish, customer, pageUrl)
      : this.forSubscription(wish, customer, pageUrl)
  }

  private forPayment(wish: Wish & { readonly mode: 'payment' }, customer: Customer, pageUrl: string): StripeAnswer {
    const { currency, unit_amount: amount, product_data: product } = wish.line_items[0].price_data
    const { metadata: innerMetadata, description = product.name } = wish.payment_intent_data
    const what = { customer, price: undefined, amount, currency, description, innerMetadata, trialEnd: null }
    return ok(this.books.sessions.create({ ...what, ...ofPage(wish), pageUrl }))
  }

  private forSubscription(
    wish: Wish & { readonly mode: 'subscription' },
    customer: Customer,
    pageUrl: string,
  ): StripeAnswer {
    const price = this.sold(wish.line_items[0].price, 'line_items[0][price]', customer.id)
    if (!('id' in price)) return price
    const { metadata: innerMetadata, trial_end: end, trial_period_days: days } = wish.subscription_data
    if (end !== undefined && days !== undefined)
      return refused('You may only specify one of these parameters: trial_end, trial_period_days.')
    if (end !== undefined && end * secondMs < this.books.time.getTime() + trialHoursMin * hourMs) {
      return refused('The `trial_end` date has to be at least 2 days in the future.')
    }
    const trialEnd = days === undefined ? (end ?? null) : daysFrom(this.books.time, days)
    const { unit_amount: amount, currency } = price
    const description = this.books.catalogue.products.get(price.product)?.name ?? ''
    const what = { customer, price, amount, currency, description, innerMetadata, trialEnd }
    return ok(this.books.sessions.create({ ...what, ...ofPage(wish), pageUrl }))
  }
}

function ofPage({ metadata: kept, client_reference_id: reference, success_url, cancel_url }: Wish) {
  return { metadata: kept, reference: reference ?? null, successUrl: success_url, cancelUrl: cancel_url ?? null }
}
