/**
 * Stripe, through its own client. Called through the PaymentProvider port.
 * Must never send a write without an idempotency key, nor believe an event without asking.
 */
import { Injectable } from '@nestjs/common'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import Stripe from 'stripe'
import type { BillingConfig } from '../../config.ts'
import type { AskedOnce } from '../../domain/payments/asked-once.ts'
import type { Money } from '../../domain/money/money.ts'
import type { Proration } from '../../domain/subscriptions/subscription-change.ts'
import {
  PaymentProvider,
  type Checkout,
  type HeardEvent,
  type Listing,
  type Observation,
  type OpenedCheckout,
  type ProviderCapabilities,
  type ProviderChange,
  type ProviderFailure,
  type ProviderTerms,
  type RawDelivery,
  type WantedChange,
} from '../../ports/payment-provider.port.ts'
import { StripeChanges } from './stripe-changes.client.ts'
import { StripePages } from './stripe-pages.client.ts'
import { StripePrices } from './stripe-prices.client.ts'
import {
  dateOf,
  idOf,
  referenceKey,
  toGivenUpObservation,
  toPaymentObservation,
  toSubscriptionObservation,
  type PaymentParts,
} from './stripe.map.ts'

const retriesMax = 2
const answerWithinMs = 8_000
const toleranceSeconds = 300
const recentEventsMax = 10_000
const pageItems = 100
const secondMs = 1_000

/** What they tell can move money or a subscription of ours. */
const eventTypes = [
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
  'charge.refunded',
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.closed',
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
]

@Injectable()
export class StripeProvider extends PaymentProvider {
  readonly code = 'stripe'
  readonly capabilities: ProviderCapabilities = {
    // Not IDR: how many digits Stripe counts for it is not certain.
    currencies: ['USD', 'EUR', 'GBP', 'INR', 'JPY', 'AUD', 'CAD', 'CHF', 'HKD', 'SGD', 'BRL', 'MYR'],
    renewals: 'provider',
    refunds: 'partial',
    checkouts: ['form', 'page'],
    upgrades: 'provider',
    changesCycle: true,
  }
  override readonly keepsCatalogue = true
  private readonly stripe: Stripe
  private readonly prices: StripePrices
  private readonly changes: StripeChanges
  private readonly pages: StripePages
  private readonly secrets: readonly string[]

  constructor(@InjectConfig() config: BillingConfig) {
    super()
    const { stripeApiUrl, stripeSecretKey, stripeWebhookSecrets } = config
    const { protocol, hostname, port } = new URL(stripeApiUrl)
    this.secrets = stripeWebhookSecrets
    this.stripe = new Stripe(stripeSecretKey ?? 'not set', {
      host: hostname,
      ...(port === '' ? {} : { port }),
      protocol: protocol === 'http:' ? 'http' : 'https',
      maxNetworkRetries: retriesMax,
      timeout: answerWithinMs,
      telemetry: false,
    })
    this.prices = new StripePrices(this.stripe)
    this.changes = new StripeChanges(this.stripe, this.prices)
    this.pages = new StripePages(config, this.stripe, this.prices)
  }

  /** Several secrets while one is rotated. The comparison is Stripe's own, in constant time. */
  hear({ headers, body }: RawDelivery, now: Date): HeardEvent | undefined {
    const signature = headers['stripe-signature']
    if (typeof signature !== 'string') return undefined
    for (const secret of this.secrets) {
      try {
        const at = now.getTime()
        const webhooks = this.stripe.webhooks
        const event = webhooks.constructEvent(body, signature, secret, toleranceSeconds, undefined, at)
        return { eventId: event.id, type: event.type, body: body.toString('utf8') }
      } catch {
        // Not signed with this one, or too old, or no event at all.
      }
    }
    return undefined
  }

  observe({ type, body }: HeardEvent, asked: AskedOnce): Promise<Result<readonly Observation[], ProviderFailure>> {
    return tried('read', async () => {
      const { data } = JSON.parse(body) as { data: { object: { id: string; payment_intent?: string | null } } }
      const { id, payment_intent: intentId } = data.object
      if (type.startsWith('customer.subscription.')) return [await this.observeSubscription(id, asked)]
      if (type.startsWith('checkout.session.')) return this.observePage(id, asked)
      if (type.startsWith('invoice.')) return asked.answer(`stripe ${id}`, () => this.observeInvoice(id, asked))
      const about = type.startsWith('payment_intent.') ? id : intentId
      if (typeof about !== 'string') return []
      return [toPaymentObservation({ ...(await this.partsOf(about, asked)), invoice: undefined })]
    })
  }

  open(checkout: Checkout) {
    const { reference, amount, description, customer, recurring, kind } = checkout
    return tried('write', async (): Promise<OpenedCheckout> => {
      const payer = await this.stripe.customers.create(
        {
          name: customer.username,
          ...(customer.email === null ? {} : { email: customer.email }),
          metadata: { tradewire_user: customer.userId },
        },
        { idempotencyKey: `${reference}:customer` },
      )
      if (kind === 'page') return this.pages.open(checkout, payer.id)
      const metadata = { [referenceKey]: reference }
      const currency = amount.currency.toLowerCase()
      if (recurring === null) {
        const intent = await this.stripe.paymentIntents.create(
          {
            amount: Number(amount.minor),
            currency,
            customer: payer.id,
            description,
            automatic_payment_methods: { enabled: true },
            metadata,
          },
          { idempotencyKey: reference },
        )
        return openedBy(intent.client_secret, null)
      }
      const price = await this.prices.of({ ...recurring, amount })
      const subscription = await this.stripe.subscriptions.create(
        {
          customer: payer.id,
          items: [{ price }],
          payment_behavior: 'default_incomplete',
          payment_settings: { save_default_payment_method: 'on_subscription' },
          expand: ['latest_invoice.confirmation_secret', 'pending_setup_intent'],
          metadata,
          ...trialOf(recurring.trialEndsAt),
        },
        { idempotencyKey: reference },
      )
      const setup = subscription.pending_setup_intent
      if (recurring.trialEndsAt !== null && setup !== null && typeof setup !== 'string') {
        const { client_secret: clientSecret } = setup
        return { externalId: null, subscriptionExternalId: subscription.id, clientSecret, paymentUrl: null }
      }
      const invoice = subscription.latest_invoice
      const secret = typeof invoice === 'string' ? null : invoice?.confirmation_secret?.client_secret
      return openedBy(secret ?? null, subscription.id)
    })
  }

  refund(externalId: string, amount: Money, reference: string): Promise<Result<HeardEvent, ProviderFailure>> {
    return tried('write', async () => {
      const refund = await this.stripe.refunds.create(
        { payment_intent: externalId, amount: Number(amount.minor) },
        { idempotencyKey: reference },
      )
      const body = JSON.stringify({ data: { object: { id: refund.id, payment_intent: externalId } } })
      return { eventId: `asked ${refund.id}`, type: 'refund.created', body }
    })
  }

  cancel(subscriptionId: string, when: 'now' | 'period-end'): Promise<Result<Date, ProviderFailure>> {
    return tried('write', async () => {
      await this.changes.takeBack(subscriptionId, null)
      if (when === 'now') {
        const ended = await this.stripe.subscriptions.cancel(subscriptionId)
        return dateOf(ended.ended_at ?? ended.canceled_at ?? ended.created)
      }
      const subscription = await this.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true })
      return dateOf(subscription.cancel_at ?? subscription.items.data[0]!.current_period_end)
    })
  }

  override quoteChange(change: WantedChange): Promise<Result<Proration, ProviderFailure>> {
    return tried('read', () => this.changes.quote(change))
  }

  override changeNow(change: ProviderChange): Promise<Result<OpenedCheckout, ProviderFailure>> {
    return tried('write', () => this.changes.now(change))
  }

  override changeLater(change: ProviderChange): Promise<Result<void, ProviderFailure>> {
    return tried('write', () => this.changes.later(change))
  }

  override charges(terms: ProviderTerms): Promise<Result<boolean, ProviderFailure>> {
    return tried('read', () => this.changes.charges(terms))
  }

  override takeBackChange(
    { subscriptionExternalId }: ProviderTerms,
    pricedAt: Date | null,
  ): Promise<Result<void, ProviderFailure>> {
    return tried('write', () => this.changes.takeBack(subscriptionExternalId, pricedAt))
  }

  override closePage(pageExternalId: string): Promise<Result<void, ProviderFailure>> {
    return tried('write', () => this.pages.close(pageExternalId))
  }

  override portal(subscriptionId: string, returnUrl: string): Promise<Result<string, ProviderFailure>> {
    return tried('read', async () => {
      const { customer } = await this.stripe.subscriptions.retrieve(subscriptionId)
      const wish = { customer: idOf(customer), return_url: returnUrl }
      return (await this.stripe.billingPortal.sessions.create(wish)).url
    })
  }

  override list(listing: Listing): Promise<Result<string | null, ProviderFailure>> {
    return tried('read', () => this.prices.list(listing))
  }

  recent(since: Date): Promise<Result<readonly HeardEvent[], ProviderFailure>> {
    const gte = Math.floor(since.getTime() / secondMs)
    return tried('read', async () => {
      const listed = this.stripe.events.list({ created: { gte }, types: eventTypes, limit: pageItems })
      const events = await listed.autoPagingToArray({ limit: recentEventsMax })
      return events.map((event) => ({ eventId: event.id, type: event.type, body: JSON.stringify(event) }))
    })
  }

  private async observeSubscription(id: string, asked: AskedOnce): Promise<Observation> {
    const shown = await asked.answer(`stripe ${id}`, () => this.stripe.subscriptions.retrieve(id))
    return toSubscriptionObservation(shown)
  }

  /** What has come of it so far. */
  private async observePage(id: string, asked: AskedOnce): Promise<Observation[]> {
    const page = await asked.answer(`stripe ${id}`, () => this.stripe.checkout.sessions.retrieve(id))
    if (page.status === 'expired') return [toGivenUpObservation(page)]
    const { subscription, invoice, payment_intent: intent } = page
    if (intent !== null) {
      return [toPaymentObservation({ ...(await this.partsOf(idOf(intent), asked)), invoice: undefined })]
    }
    const begun = subscription === null ? [] : [await this.observeSubscription(idOf(subscription), asked)]
    const paid = invoice === null ? [] : await this.observeInvoice(idOf(invoice), asked)
    return [...begun, ...paid]
  }

  private async observeInvoice(id: string, asked: AskedOnce): Promise<Observation[]> {
    const invoice = await this.stripe.invoices.retrieve(id, { expand: ['payments'] })
    const intents = (invoice.payments?.data ?? []).flatMap(({ payment }) =>
      payment.payment_intent === undefined ? [] : [idOf(payment.payment_intent)],
    )
    return Promise.all(
      intents.map(async (intentId) => toPaymentObservation({ ...(await this.partsOf(intentId, asked)), invoice })),
    )
  }

  private partsOf(id: string, asked: AskedOnce): Promise<Omit<PaymentParts, 'invoice'>> {
    return asked.answer(`stripe ${id}`, () => this.askParts(id))
  }

  private async askParts(id: string): Promise<Omit<PaymentParts, 'invoice'>> {
    const intent = await this.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.balance_transaction'] })
    const charge = typeof intent.latest_charge === 'string' ? null : intent.latest_charge
    const of = { payment_intent: id, limit: pageItems }
    const refunds = (charge?.amount_refunded ?? 0) > 0 ? (await this.stripe.refunds.list(of)).data : []
    const disputes = charge?.disputed === true ? (await this.stripe.disputes.list(of)).data : []
    return { intent, refunds, disputes }
  }
}

/** Who names no card until it ends is not charged, and the subscription ends. */
function trialOf(endsAt: Date | null): Stripe.SubscriptionCreateParams {
  if (endsAt === null) return {}
  const end = Math.floor(endsAt.getTime() / secondMs)
  return { trial_end: end, trial_settings: { end_behavior: { missing_payment_method: 'cancel' } } }
}

/** A client secret is the intent's id and a random end. */
function openedBy(clientSecret: string | null, subscriptionExternalId: string | null): OpenedCheckout {
  const externalId = clientSecret?.split('_secret_')[0]
  if (externalId === undefined) throw new Stripe.errors.StripeError({ type: 'api_error', message: 'no client secret' })
  return { externalId, subscriptionExternalId, clientSecret, paymentUrl: null }
}

/** A read that failed may be asked again; a write whose answer is lost may have been done. */
async function tried<Value>(
  kind: 'read' | 'write',
  work: () => Promise<Value>,
): Promise<Result<Value, ProviderFailure>> {
  try {
    return ok(await work())
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    const detail = `${error.type}: ${error.message}`
    if (error instanceof Stripe.errors.StripeRateLimitError) return err({ kind: 'unavailable', detail })
    const isOpen = error instanceof Stripe.errors.StripeConnectionError || error instanceof Stripe.errors.StripeAPIError
    if (!isOpen) return err({ kind: 'refused', detail })
    return err({ kind: kind === 'read' ? 'unavailable' : 'unknown', detail })
  }
}
