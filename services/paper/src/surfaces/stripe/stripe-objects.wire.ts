/** Stripe's objects as its API version 2026-10-28.endive shows them, as far as they are simulated. Called by its books. Must never be of use to anything of ours. */

export interface StripeObject {
  readonly id: string
  readonly object: string
  readonly created: number
  readonly livemode: false
}

export type Metadata = Readonly<Record<string, string>>

export interface Customer extends StripeObject {
  readonly email: string | null
  readonly name: string | null
  readonly metadata: Metadata
  /** Ours: the card that later periods are charged to. */
  card: string | null
}

export interface Product extends StripeObject {
  active: boolean
  name: string
  metadata: Metadata
  default_price: string | null
}

/** What it costs never changes: for that another one is made. */
export interface Price extends StripeObject {
  active: boolean
  readonly product: string
  lookup_key: string | null
  readonly currency: string
  readonly unit_amount: number
  readonly type: 'recurring'
  readonly recurring: { readonly interval: 'month'; readonly interval_count: number }
  metadata: Metadata
}

export interface SubscriptionItem {
  readonly id: string
  readonly object: 'subscription_item'
  price: Price
  current_period_start: number
  current_period_end: number
}

export interface Subscription extends StripeObject {
  status: 'incomplete' | 'incomplete_expired' | 'trialing' | 'active' | 'past_due' | 'canceled'
  readonly customer: string
  readonly currency: string
  readonly items: { readonly object: 'list'; readonly data: readonly [SubscriptionItem] }
  latest_invoice: string
  /** A change that its payer has not paid yet. */
  pending_update: PendingUpdate | null
  schedule: string | null
  trial_end: number | null
  pending_setup_intent: string | null
  billing_cycle_anchor: number
  cancel_at_period_end: boolean
  cancel_at: number | null
  canceled_at: number | null
  ended_at: number | null
  readonly metadata: Metadata
}

export interface PendingUpdate {
  readonly price: Price
  /** The moment for which it was priced. */
  readonly at: number
}

/** What a subscription becomes with its next period. */
export interface Schedule extends StripeObject {
  readonly subscription: string
  status: 'active' | 'released'
  next: Price | null
}

export interface InvoiceLine {
  readonly amount: number
  readonly period: { readonly start: number; readonly end: number }
}

export interface Invoice extends StripeObject {
  status: 'open' | 'paid' | 'void'
  readonly number: string
  readonly customer: string
  readonly currency: string
  readonly billing_reason: 'subscription_create' | 'subscription_cycle' | 'subscription_update'
  readonly amount_due: number
  amount_paid: number
  attempt_count: number
  next_payment_attempt: number | null
  readonly parent: {
    readonly type: 'subscription_details'
    readonly subscription_details: { readonly subscription: string; readonly metadata: Metadata }
  }
  readonly lines: {
    readonly object: 'list'
    readonly data: readonly InvoiceLine[]
  }
  readonly payments: {
    readonly object: 'list'
    readonly data: readonly { readonly payment: { readonly type: 'payment_intent'; readonly payment_intent: string } }[]
  }
}

export interface CardError {
  readonly type: 'card_error'
  readonly code: string
  readonly decline_code?: string
  readonly message: string
}

export interface PaymentIntent extends StripeObject {
  status: 'requires_payment_method' | 'requires_action' | 'canceled' | 'succeeded'
  readonly amount: number
  amount_received: number
  readonly currency: string
  readonly customer: string | null
  readonly client_secret: string
  readonly description: string | null
  readonly metadata: Metadata
  latest_charge: string | null
  last_payment_error: CardError | null
  next_action: { readonly type: 'use_stripe_sdk' } | null
  payment_method: string | null
  /** Ours: the invoice that it pays. */
  readonly invoice: string | null
}

/** Asks for a card that nothing is charged to yet. */
export interface SetupIntent extends StripeObject {
  status: 'requires_payment_method' | 'succeeded'
  readonly client_secret: string
  readonly customer: string
}

/** A page of Stripe on which something is paid. */
export interface CheckoutSession extends StripeObject {
  readonly mode: 'payment' | 'subscription'
  status: 'open' | 'complete' | 'expired'
  payment_status: 'unpaid' | 'paid' | 'no_payment_required'
  readonly customer: string
  readonly client_reference_id: string | null
  readonly metadata: Metadata
  readonly amount_total: number
  readonly currency: string
  subscription: string | null
  payment_intent: string | null
  invoice: string | null
  readonly expires_at: number
  readonly success_url: string
  readonly cancel_url: string | null
  /** Null once it is closed. */
  url: string | null
}

export interface Charge extends StripeObject {
  readonly amount: number
  amount_refunded: number
  readonly currency: string
  readonly payment_intent: string
  disputed: boolean
  refunded: boolean
  readonly balance_transaction: { readonly id: string; readonly object: 'balance_transaction'; readonly fee: number }
}

export interface Refund extends StripeObject {
  readonly amount: number
  readonly currency: string
  readonly charge: string
  readonly payment_intent: string
  status: 'succeeded' | 'failed'
}

export interface Dispute extends StripeObject {
  readonly amount: number
  readonly currency: string
  readonly charge: string
  readonly payment_intent: string
  status: 'needs_response' | 'won' | 'lost'
}

export interface StripeEvent extends StripeObject {
  readonly api_version: string
  readonly type: string
  readonly pending_webhooks: number
  readonly request: null
  readonly data: { readonly object: StripeObject }
}

export const apiVersion = '2026-10-28.endive'

/** What a test card does when it is charged. */
export const testCards: Readonly<Record<string, 'pay' | 'act' | CardError>> = {
  pm_card_visa: 'pay',
  pm_card_authenticationRequired: 'act',
  pm_card_chargeDeclined: {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
  },
  pm_card_chargeDeclinedInsufficientFunds: {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
}
