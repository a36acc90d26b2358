/**
 * Stripe's API as far as billing uses it: paths, parameters, answers and errors. Called by its routes.
 * Must never answer a repeated idempotency key with anything but its first answer.
 */
import { z } from 'zod'
import type { StripeBooks } from './stripe-books.wire.ts'
import type { CardError, PaymentIntent, Subscription } from './stripe-objects.wire.ts'

export interface StripeCall {
  readonly method: string
  /** Without `/v1/`. */
  readonly path: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly idempotencyKey: string | undefined
}

export interface StripeAnswer {
  readonly status: number
  readonly body: unknown
}

const listDefaultItems = 10
const listItemsMax = 100
const whole = z.coerce.number().int()
const metadata = z.record(z.string(), z.string()).optional().default({})
const newCustomer = z.object({ name: z.string().optional(), email: z.string().optional(), metadata })
const newPrice = z.object({
  currency: z.string(),
  unit_amount: whole,
  recurring: z.object({ interval: z.literal('month'), interval_count: whole.default(1) }),
})
const newSubscription = z.object({
  customer: z.string(),
  items: z.object({ 0: z.object({ price: z.string() }) }),
  metadata,
})
const newIntent = z.object({
  amount: whole.min(1),
  currency: z.string(),
  customer: z.string().optional(),
  description: z.string().optional(),
  metadata,
})
const newRefund = z.object({ payment_intent: z.string(), amount: whole.optional() })
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
  private readonly answered = new Map<string, { readonly asked: string; readonly answer: StripeAnswer }>()

  constructor(books: StripeBooks) {
    this.books = books
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

  private carryOut({ method, path, parameters }: StripeCall): StripeAnswer {
    const [resource = '', id, action] = path.split('/')
    try {
      switch (`${method} ${resource}${id === undefined ? '' : '/:id'}${action === undefined ? '' : `/${action}`}`) {
        case 'POST customers': {
          const { name, email, metadata: kept } = newCustomer.parse(parameters)
          return ok(this.books.createCustomer(name ?? null, email ?? null, kept))
        }
        case 'POST prices': {
          const { currency, unit_amount: unitAmount, recurring } = newPrice.parse(parameters)
          return ok(this.books.createPrice({ currency, unitAmount, intervalMonths: recurring.interval_count }))
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
        case 'POST billing_portal/:id':
          return this.openPortal(newPortal.parse(parameters))
        case 'POST refunds':
          return this.refund(newRefund.parse(parameters))
        case 'POST subscriptions/:id':
          return this.withSubscription(id!, (one) =>
            parameters['cancel_at_period_end'] === 'true' ? this.books.cancelAtPeriodEnd(one) : one,
          )
        case 'DELETE subscriptions/:id':
          return this.withSubscription(id!, (one) => this.books.cancel(one))
        default:
          return method === 'GET' ? this.read(resource, id, parameters) : failure(404, 'invalid_request_error', path)
      }
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error
      const [issue] = error.issues
      return failure(400, 'invalid_request_error', issue?.message ?? '', { param: issue?.path.join('.') ?? '' })
    }
  }

  private read(resource: string, id: string | undefined, parameters: StripeCall['parameters']): StripeAnswer {
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
      case 'subscriptions':
        return found(this.books.subscriptions.get(id))
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

  private subscribe({ customer, items, metadata: kept }: z.output<typeof newSubscription>): StripeAnswer {
    const payer = this.books.customers.get(customer)
    const price = this.books.prices.get(items[0].price)
    if (payer === undefined || price === undefined) return failure(404, 'invalid_request_error', 'No such object')
    const subscription = this.books.createSubscription(payer, price, kept)
    const invoice = this.books.invoices.get(subscription.latest_invoice)!
    const intent = this.books.intents.get(invoice.payments.data[0]!.payment.payment_intent)!
    const secret = { client_secret: intent.client_secret, type: 'payment_intent' }
    return ok({ ...subscription, latest_invoice: { ...invoice, confirmation_secret: secret } })
  }

  private openPortal({ customer, return_url: returnUrl }: z.output<typeof newPortal>): StripeAnswer {
    if (!this.books.customers.has(customer)) return found(undefined)
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
    if (intent === undefined) return found(intent)
    const refund = this.books.refund(intent, amount ?? intent.amount)
    return refund === undefined
      ? failure(400, 'invalid_request_error', 'Refund amount is greater than the unrefunded amount on the charge.')
      : ok(refund)
  }

  private withSubscription(id: string, work: (subscription: Subscription) => Subscription): StripeAnswer {
    const subscription = this.books.subscriptions.get(id)
    return found(subscription && work(subscription))
  }
}

function ok(body: unknown): StripeAnswer {
  return { status: 200, body }
}

function found(body: unknown): StripeAnswer {
  const missing = failure(404, 'invalid_request_error', 'No such object', { code: 'resource_missing' })
  return body === undefined ? missing : ok(body)
}

function list(data: readonly unknown[], hasMore = false): StripeAnswer {
  return ok({ object: 'list', data, has_more: hasMore, url: '/v1' })
}

function declined(error: CardError, intent: PaymentIntent): StripeAnswer {
  return { status: 402, body: { error: { ...error, payment_intent: intent } } }
}

export function failure(status: number, type: string, message: string, more: object = {}): StripeAnswer {
  return { status, body: { error: { type, message, ...more } } }
}
