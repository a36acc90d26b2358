/**
 * Changes of Stripe's subscriptions: at once by an invoice over both rests, later by a schedule of its own.
 * Called by its provider. Must never charge what its preview did not show.
 */
import Stripe from 'stripe'
import { monthsOf } from '../../domain/subscriptions/billing-cycle.ts'
import { money } from '../../domain/money/money.ts'
import type { Proration } from '../../domain/subscriptions/subscription-change.ts'
import type { OpenedCheckout, ProviderChange, ProviderTerms, WantedChange } from '../../ports/payment-provider.port.ts'
import type { StripePrices } from './stripe-prices.client.ts'
import { idOf } from './stripe.map.ts'

const secondMs = 1_000

export class StripeChanges {
  private readonly stripe: Stripe
  private readonly prices: StripePrices

  constructor(stripe: Stripe, prices: StripePrices) {
    this.stripe = stripe
    this.prices = prices
  }

  async quote(change: WantedChange): Promise<Proration> {
    const preview = await this.stripe.invoices.createPreview({
      subscription: change.subscriptionExternalId,
      subscription_details: await this.wanted(change),
    })
    const sum = (of: (amount: number) => boolean) =>
      preview.lines.data.reduce((total, { amount }) => (of(amount) ? total + amount : total), 0)
    const { currency } = change.amount
    return {
      credit: money(BigInt(-sum((amount) => amount < 0)), currency),
      charge: money(BigInt(sum((amount) => amount > 0)), currency),
    }
  }

  /** What the card on file does not pay at once waits for the payer, and the subscription is as it was until then. */
  async now(change: ProviderChange): Promise<OpenedCheckout> {
    const changed = await this.stripe.subscriptions.update(
      change.subscriptionExternalId,
      {
        ...(await this.wanted(change)),
        payment_behavior: 'pending_if_incomplete',
        expand: ['latest_invoice.confirmation_secret', 'latest_invoice.payments'],
      },
      { idempotencyKey: change.reference },
    )
    const invoice = changed.latest_invoice
    const { confirmation_secret: secret, payments } = invoice === null || typeof invoice === 'string' ? {} : invoice
    const intent = payments?.data[0]?.payment.payment_intent
    const externalId = intent === undefined ? (secret?.client_secret.split('_secret_')[0] ?? null) : idOf(intent)
    const clientSecret = secret?.client_secret ?? null
    return { externalId, subscriptionExternalId: changed.id, clientSecret, paymentUrl: null }
  }

  async later({ subscriptionExternalId: id, reference, ...terms }: ProviderChange): Promise<void> {
    const subscription = await this.stripe.subscriptions.retrieve(id)
    const [item] = subscription.items.data as [Stripe.SubscriptionItem]
    const key = { idempotencyKey: `${reference}:schedule` }
    const schedule =
      subscription.schedule === null
        ? (await this.stripe.subscriptionSchedules.create({ from_subscription: id }, key)).id
        : idOf(subscription.schedule)
    const { current_period_start: start, current_period_end: end } = item
    const duration = { interval: 'month' as const, interval_count: monthsOf(terms.cycle) }
    const next = { items: [{ price: await this.prices.of(terms) }], duration, proration_behavior: 'none' as const }
    await this.stripe.subscriptionSchedules.update(
      schedule,
      {
        end_behavior: 'release',
        phases: [{ items: [{ price: item.price.id }], start_date: start, end_date: end }, next],
      },
      { idempotencyKey: `${reference}:phases` },
    )
  }

  async charges({ subscriptionExternalId: id, ...terms }: ProviderTerms): Promise<boolean> {
    const { items } = await this.stripe.subscriptions.retrieve(id)
    return items.data[0]!.price.id === (await this.prices.of(terms))
  }

  async takeBack(id: string, pricedAt: Date | null): Promise<void> {
    const subscription = await this.stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
    if (subscription.schedule !== null) await this.stripe.subscriptionSchedules.release(idOf(subscription.schedule))
    const invoice = subscription.latest_invoice
    if (invoice === null || typeof invoice === 'string' || invoice.billing_reason !== 'subscription_update') return
    if (subscription.pending_update !== null) await this.stripe.invoices.voidInvoice(invoice.id)
    else if (pricedAt !== null && invoice.status === 'paid' && invoice.created * secondMs >= pricedAt.getTime()) {
      throw new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', message: 'it is paid' })
    }
  }

  private async wanted({ subscriptionExternalId: id, pricedAt, ...terms }: WantedChange) {
    const { items } = await this.stripe.subscriptions.retrieve(id)
    return {
      items: [{ id: items.data[0]!.id, price: await this.prices.of(terms) }],
      proration_behavior: 'always_invoice' as const,
      proration_date: Math.floor(pricedAt.getTime() / secondMs),
    }
  }
}
