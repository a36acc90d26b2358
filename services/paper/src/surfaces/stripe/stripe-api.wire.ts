/**
 * Stripe's API as far as billing uses it: paths, parameters, answers and errors. Called by its routes.
 * Must never answer a repeated idempotency key with anything but its first answer.
 */
import { z } from 'zod'
import { declined, failure, found, list, missing, ok, refused, type StripeAnswer } from './stripe-answers.wire.ts'
import { changedLines } from './stripe-changes.wire.ts'
import type { StripeBooks } from './stripe-books.wire.ts'
import { StripeCatalogueApi } from './stripe-catalogue-api.wire.ts'
import { StripeSessionsApi } from './stripe-sessions-api.wire.ts'
import type { PaymentIntent, Price, Subscription } from './stripe-objects.wire.ts'

export interface StripeCall {
  readonly method: string
  /** Without `/v1/`. */
  readonly path: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly idempotencyKey: string | undefined
  /** Where its pages are. */
  readonly origin: string
}

const listDefaultItems = 10
const listItemsMax = 100
const whole = z.coerce.number().int()
const metadata = z.record(z.string(), z.string()).optional().default({})
const newCustomer = z.object({ name: z.string().optional(), email: z.string().optional(), metadata })
const newSubscription = z.object({
  customer: z.string(),
  items: z.object({ 0: z.object({ price: z.string() }) }),
  metadata,
  trial_end: whole.nullable().default(null),
})
const newIntent = z.object({
  amount: whole.min(1),
  currency: z.string(),
  customer: z.string().optional(),
  description: z.string().optional(),
  metadata,
})
const newRefund = z.object({ payment_intent: z.string(), amount: whole.optional() })
const changedItems = z.object({ 0: z.object({ id: z.string(), price: z.string() }) })
const changedSubscription = z.object({
  items: changedItems,
  proration_behavior: z.literal('always_invoice'),
  proration_date: whole,
  payment_behavior: z.literal('pending_if_incomplete'),
})
const preview = z.object({
  subscription: z.string(),
  subscription_details: changedSubscription.omit({ payment_behavior: true }),
})
const newSchedule = z.object({ from_subscription: z.string() })
const phases = z.object({
  phases: z.object({
    0: z.object({ items: z.object({ 0: z.object({ price: z.string() }) }), start_date: whole, end_date: whole }),
    1: z.object({ items: z.object({ 0: z.object({ price: z.string() }) }), proration_behavior: z.literal('none') }),
  }),
})
const newPortal = z.object({ customer: z.string(), return_url: z.url() })
const confirmation = z.object({ payment_method: z.string() })
const ofIntent = z.object({ payment_intent: z.string() })
const eventQuery = z.object({
  created: z.object({ gte: whole }).optional(),
  types: z.record(z.string(), z.string()).optional(),
  limit: whole.max(listItemsMax).default(listDefaultItems),
  starting_after: z.string().optional(),
})

export class StripeApi {
  private readonly books: StripeBooks
  private readonly catalogue: StripeCatalogueApi
  private readonly sessions: StripeSessionsApi
  private readonly answered = new Map<string, { readonly asked: string; readonly answer: StripeAnswer }>()

  constructor(books: StripeBooks) {
    this.books = books
    this.catalogue = new StripeCatalogueApi(books.catalogue)
    this.sessions = new StripeSessionsApi(books, (price, param, payer) =>
      this.sold(price, param, this.currencyOf(payer)),
    )
  }

  answer(call: StripeCall): StripeAnswer {
    const key = call.method === 'POST' ? call.idempotencyKey : undefined
    if (key === undefined) return this.carryOut(call)
    const asked = JSON.stringify([call.path, call.parameters])
    const before = this.answered.get(key)
    if (before !== undefined) {
      return before.asked === asked
        ? before.answer
        : failure(400, 'idempotency_error', 'This key was used with other parameters.')
    }
    const answer = structuredClone(this.carryOut(call))
    this.answered.set(key, { asked, answer })
    return answer
  }

  private carryOut({ method, path, parameters, origin }: StripeCall): StripeAnswer {
    const [resource = '', id, action] = path.replace(/^checkout\//, '').split('/')
    const route = `${method} ${resource}${id === undefined ? '' : '/:id'}${action === undefined ? '' : `/${action}`}`
    try {
      switch (route) {
        case 'POST customers': {
          const { name, email, metadata: kept } = newCustomer.parse(parameters)
          return ok(this.books.createCustomer(name ?? null, email ?? null, kept))
        }
        case 'POST subscriptions':
          return this.subscribe(newSubscription.parse(parameters))
        case 'POST payment_intents': {
          const { amount, currency, ...more } = newIntent.parse(parameters)
          const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined))
          return ok(this.books.createIntent(amount, currency, given))
        }
        case 'POST payment_intents/:id/confirm':
          return this.confirm(this.books.intents.get(id!), confirmation.parse(parameters).payment_method)
        case 'POST setup_intents/:id/confirm': {
          const setup = this.books.setups.get(id!)
          return found(setup && this.books.confirmSetup(setup, confirmation.parse(parameters).payment_method))
        }
        case 'POST billing_portal/:id':
          return this.openPortal(newPortal.parse(parameters))
        case 'POST refunds':
          return this.refund(newRefund.parse(parameters))
        case 'POST subscriptions/:id':
          return this.updateSubscription(id!, parameters)
        case 'POST invoices/:id':
          return this.previewChange(preview.parse(parameters))
        case 'POST invoices/:id/void':
          return this.voidInvoice(id!)
        case 'POST subscription_schedules':
          return this.schedule(newSchedule.parse(parameters).from_subscription)
        case 'POST subscription_schedules/:id':
          return this.setPhases(id!, phases.parse(parameters))
        case 'POST subscription_schedules/:id/release':
          return found(this.books.schedules.get(id!) && this.books.release(this.books.schedules.get(id!)!))
        case 'DELETE subscriptions/:id':
          return this.withSubscription(id!, (one) => this.books.cancel(one))
        default:
          return (
            this.catalogue.answer(route, id ?? '', parameters) ??
            this.sessions.answer(route, id ?? '', parameters, origin) ??
            this.read(method, path, parameters)
          )
      }
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error
      const [issue] = error.issues
      return refused(issue?.message ?? '', { param: issue?.path.join('.') ?? '' })
    }
  }

  private read(method: string, path: string, parameters: StripeCall['parameters']): StripeAnswer {
    const [resource = '', id] = path.split('/')
    if (method !== 'GET') return failure(404, 'invalid_request_error', path)
    if (id !== undefined) return this.readOne(resource, id)
    switch (resource) {
      case 'refunds':
      case 'disputes': {
        const { payment_intent: intentId } = ofIntent.parse(parameters)
        return list([...this.books[resource].values()].filter((one) => one.payment_intent === intentId))
      }
      case 'events':
        return this.listEvents(eventQuery.parse(parameters))
      default:
        return failure(404, 'invalid_request_error', resource)
    }
  }

  /** What may be expanded is expanded always: a client that did not ask reads the id of either. */
  private readOne(resource: string, id: string): StripeAnswer {
    switch (resource) {
      case 'subscriptions': {
        const one = this.books.subscriptions.get(id)
        return found(one && { ...one, latest_invoice: this.books.invoices.get(one.latest_invoice) ?? null })
      }
      case 'invoices':
        return found(this.books.invoices.get(id))
      case 'payment_intents': {
        const intent = this.books.intents.get(id)
        return found(intent && { ...intent, latest_charge: this.books.charges.get(intent.latest_charge ?? '') ?? null })
      }
      default:
        return failure(404, 'invalid_request_error', resource)
    }
  }

  /** Newest first. */
  private listEvents({ created, types, limit, starting_after: after }: z.output<typeof eventQuery>): StripeAnswer {
    const wanted = new Set(Object.values(types ?? {}))
    const matching = this.books.events
      .filter((event) => event.created >= (created?.gte ?? 0) && (wanted.size === 0 || wanted.has(event.type)))
      .toReversed()
    const start = after === undefined ? 0 : matching.findIndex(({ id }) => id === after) + 1
    return list(matching.slice(start, start + limit), start + limit < matching.length)
  }

  private subscribe({
    customer,
    items,
    metadata: kept,
    trial_end: trialEnd,
  }: z.output<typeof newSubscription>): StripeAnswer {
    const payer = this.books.customers.get(customer)
    if (payer === undefined) return missing('customer', customer, 'customer')
    const price = this.sold(items[0].price, 'items[0][price]', this.currencyOf(customer))
    if (!('id' in price)) return price
    if (trialEnd !== null && trialEnd * 1_000 <= this.books.time.getTime()) {
      return refused('The trial must end in the future.')
    }
    const subscription = this.books.createSubscription(payer, price, kept, trialEnd)
    const setup = this.books.setups.get(subscription.pending_setup_intent ?? '')
    return setup === undefined ? this.withSecret(subscription) : ok({ ...subscription, pending_setup_intent: setup })
  }

  private withSecret(subscription: Subscription): StripeAnswer {
    const invoice = this.books.invoices.get(subscription.latest_invoice)!
    const intent = this.books.intents.get(invoice.payments.data[0]!.payment.payment_intent)!
    const secret = { client_secret: intent.client_secret, type: 'payment_intent' }
    const shown = invoice.status === 'open' ? secret : null
    return ok({ ...subscription, latest_invoice: { ...invoice, confirmation_secret: shown } })
  }

  /** A price that can be begun to be paid, in the currency that is wanted; else the refusal. */
  private sold(id: string, param: string, currency: string | undefined): Price | StripeAnswer {
    const price = this.books.catalogue.prices.get(id)
    if (price === undefined) return missing('price', id, param)
    const why = this.books.catalogue.whyNotSold(price)
    if (why !== undefined) return refused(why, { param })
    if (currency === undefined || price.currency === currency) return price
    return refused(
      `The price specified is in ${price.currency}. This doesn't match the expected currency: ${currency}.`,
    )
  }

  /** Of what this customer pays for already: all that one customer pays for must be in one. */
  private currencyOf(customer: string): string | undefined {
    const held = [...this.books.subscriptions.values()]
    return held.find((one) => one.customer === customer && one.ended_at === null)?.currency
  }

  private updateSubscription(id: string, parameters: StripeCall['parameters']): StripeAnswer {
    const subscription = this.books.subscriptions.get(id)
    if (subscription === undefined) return found(undefined)
    if (parameters['cancel_at_period_end'] === 'true') {
      const isManaged = subscription.schedule !== null
      const message = 'The subscription is managed by the subscription schedule.'
      return isManaged ? refused(message) : ok(this.books.cancelAtPeriodEnd(subscription))
    }
    const { items, proration_date: at } = changedSubscription.parse(parameters)
    if (items[0].id !== subscription.items.data[0].id) return missing('subscription item', items[0].id, 'items[0][id]')
    const price = this.sold(items[0].price, 'items[0][price]', subscription.currency)
    if (!('id' in price)) return price
    if (subscription.status !== 'active' || subscription.pending_update !== null) {
      return refused('This subscription cannot be updated in its current state.')
    }
    this.books.change(subscription, price, at)
    return this.withSecret(subscription)
  }

  private previewChange({ subscription: id, subscription_details: wanted }: z.output<typeof preview>): StripeAnswer {
    const subscription = this.books.subscriptions.get(id)
    if (subscription === undefined) return missing('subscription', id, 'subscription')
    const price = this.sold(wanted.items[0].price, 'subscription_details[items][0][price]', subscription.currency)
    if (!('id' in price)) return price
    const data = changedLines(subscription, price, wanted.proration_date)
    const amount = data.reduce((total, line) => total + line.amount, 0)
    return ok({ object: 'invoice', amount_due: Math.max(0, amount), lines: { object: 'list', data } })
  }

  private voidInvoice(id: string): StripeAnswer {
    const invoice = this.books.invoices.get(id)
    if (invoice === undefined) return found(undefined)
    if (invoice.status !== 'open') return refused('Only open invoices can be voided.')
    return ok(this.books.voidInvoice(invoice))
  }

  private schedule(id: string): StripeAnswer {
    const subscription = this.books.subscriptions.get(id)
    if (subscription === undefined) return missing('subscription', id, 'from_subscription')
    const isManaged = subscription.schedule !== null
    const message = 'The subscription is managed by a schedule already.'
    return isManaged ? refused(message) : ok(this.books.createSchedule(subscription))
  }

  private setPhases(id: string, { phases: wanted }: z.output<typeof phases>): StripeAnswer {
    const schedule = this.books.schedules.get(id)
    const item = this.books.subscriptions.get(schedule?.subscription ?? '')?.items.data[0]
    if (schedule === undefined || item === undefined) return found(undefined)
    const next = this.sold(wanted[1].items[0].price, 'phases[1][items][0][price]', item.price.currency)
    if (!('id' in next)) return next
    const isCurrent = wanted[0].items[0].price === item.price.id && wanted[0].end_date === item.current_period_end
    if (!isCurrent) return refused('The first phase must be the one that runs.')
    schedule.next = next
    return ok(schedule)
  }

  private openPortal({ customer, return_url: returnUrl }: z.output<typeof newPortal>): StripeAnswer {
    if (!this.books.customers.has(customer)) return missing('customer', customer, 'customer')
    const url = `https://billing.stripe.test/p/session/${customer}`
    return ok({ id: `bps_${customer}`, object: 'billing_portal.session', customer, return_url: returnUrl, url })
  }

  private confirm(intent: PaymentIntent | undefined, card: string): StripeAnswer {
    if (intent === undefined) return found(intent)
    const confirmed = this.books.confirm(intent, card)
    return confirmed.ok ? ok(confirmed.value) : declined(confirmed.error, intent)
  }

  private refund({ payment_intent: intentId, amount }: z.output<typeof newRefund>): StripeAnswer {
    const intent = this.books.intents.get(intentId)
    if (intent === undefined) return missing('payment_intent', intentId, 'payment_intent')
    const refund = this.books.refund(intent, amount ?? intent.amount)
    return refund === undefined
      ? refused('Refund amount is greater than the unrefunded amount on the charge.')
      : ok(refund)
  }

  private withSubscription(id: string, work: (subscription: Subscription) => Subscription): StripeAnswer {
    const subscription = this.books.subscriptions.get(id)
    return found(subscription && work(subscription))
  }
}
