/**
 * Stripe's hosted pages. Called by its provider. Must never open one without our payment's id on all that comes of it: until
 * somebody has paid there is nothing else by which it is known.
 */
import Stripe from 'stripe'
import { returnUrlOf, type BillingConfig } from '../../config.ts'
import type { Checkout, OpenedCheckout } from '../../ports/payment-provider.port.ts'
import type { StripePrices } from './stripe-prices.client.ts'
import { referenceKey } from './stripe.map.ts'

/** A trial may be named by its end only when that is two days away, also for somebody who pays late. */
const namedTrialDaysMin = 4
const secondMs = 1_000

export class StripePages {
  private readonly config: Pick<BillingConfig, 'publicUrl'>
  private readonly stripe: Stripe
  private readonly prices: StripePrices

  constructor(config: Pick<BillingConfig, 'publicUrl'>, stripe: Stripe, prices: StripePrices) {
    this.config = config
    this.stripe = stripe
    this.prices = prices
  }

  async open(checkout: Checkout, payer: string): Promise<OpenedCheckout> {
    const { reference } = checkout
    const returnUrl = returnUrlOf(this.config, reference)
    const session = await this.stripe.checkout.sessions.create(
      {
        ...(await this.sold(checkout)),
        customer: payer,
        client_reference_id: reference,
        metadata: { [referenceKey]: reference },
        success_url: returnUrl,
        cancel_url: returnUrl,
      },
      { idempotencyKey: reference },
    )
    const { id: pageExternalId, url: paymentUrl } = session
    return { externalId: null, subscriptionExternalId: null, clientSecret: null, paymentUrl, pageExternalId }
  }

  async close(id: string): Promise<void> {
    const { status } = await this.stripe.checkout.sessions.retrieve(id)
    if (status !== 'expired') await this.stripe.checkout.sessions.expire(id)
  }

  private async sold({ reference, amount, description, recurring }: Checkout): Promise<Sold> {
    const metadata = { [referenceKey]: reference }
    if (recurring === null) {
      const currency = amount.currency.toLowerCase()
      const once = { currency, unit_amount: Number(amount.minor), product_data: { name: description } }
      const line = { price_data: once, quantity: 1 }
      return { mode: 'payment', line_items: [line], payment_intent_data: { metadata, description } }
    }
    const price = await this.prices.of({ ...recurring, amount })
    const data = { metadata, ...trialOf(recurring) }
    return { mode: 'subscription', line_items: [{ price, quantity: 1 }], subscription_data: data }
  }
}

type Sold = Pick<
  Stripe.Checkout.SessionCreateParams,
  'mode' | 'line_items' | 'payment_intent_data' | 'subscription_data'
>

function trialOf({ trialEndsAt, trialDays }: NonNullable<Checkout['recurring']>) {
  if (trialEndsAt === null) return {}
  const settings = { trial_settings: { end_behavior: { missing_payment_method: 'cancel' as const } } }
  if (trialDays < namedTrialDaysMin) return { ...settings, trial_period_days: trialDays }
  return { ...settings, trial_end: Math.floor(trialEndsAt.getTime() / secondMs) }
}
