/** Stripe's objects as they are when they are made. Called by its books. Must never hold anything that was paid. */
import type {
  Customer,
  Invoice,
  InvoiceLine,
  Metadata,
  PaymentIntent,
  StripeObject,
  Subscription,
  SubscriptionItem,
} from './stripe-objects.wire.ts'

type Fresh<Name extends string> = StripeObject & { readonly object: Name }

export interface SubscriptionDraft {
  readonly customer: Customer
  readonly item: SubscriptionItem
  readonly metadata: Metadata
  readonly trialEnd: number | null
}

export function draftSubscription(
  object: Fresh<'subscription'>,
  { customer, item, metadata, trialEnd }: SubscriptionDraft,
): Subscription {
  return {
    ...object,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    customer: customer.id,
    currency: item.price.currency,
    items: { object: 'list', data: [item] },
    latest_invoice: '',
    pending_update: null,
    schedule: null,
    trial_end: trialEnd,
    pending_setup_intent: null,
    billing_cycle_anchor: trialEnd ?? item.current_period_start,
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    ended_at: null,
    metadata,
  }
}

export interface IntentDraft {
  readonly amount: number
  readonly currency: string
  readonly customer?: string
  readonly description?: string
  readonly metadata?: Metadata
  readonly invoice?: string
}

export function draftIntent(object: Fresh<'payment_intent'>, secret: string, draft: IntentDraft): PaymentIntent {
  return {
    ...object,
    status: 'requires_payment_method',
    amount: draft.amount,
    amount_received: 0,
    currency: draft.currency,
    customer: draft.customer ?? null,
    client_secret: `${object.id}_secret_${secret}`,
    description: draft.description ?? null,
    metadata: draft.metadata ?? {},
    latest_charge: null,
    last_payment_error: null,
    next_action: null,
    payment_method: null,
    invoice: draft.invoice ?? null,
  }
}

export interface InvoiceDraft {
  readonly reason: Invoice['billing_reason']
  readonly lines: readonly InvoiceLine[]
  readonly amount: number
  readonly intent: string
}

export function draftInvoice(
  object: Fresh<'invoice'>,
  { id: subscription, customer, currency, metadata }: Subscription,
  { reason, lines, amount, intent }: InvoiceDraft,
): Invoice {
  return {
    ...object,
    status: 'open',
    number: object.id.toUpperCase(),
    customer,
    currency,
    billing_reason: reason,
    amount_due: amount,
    amount_paid: 0,
    attempt_count: 0,
    next_payment_attempt: null,
    parent: { type: 'subscription_details', subscription_details: { subscription, metadata } },
    lines: { object: 'list', data: lines },
    payments: { object: 'list', data: [{ payment: { type: 'payment_intent', payment_intent: intent } }] },
  }
}
