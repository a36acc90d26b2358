/**
 * Stripe's objects in our words, for its API version 2026-10-28.endive. Called by its client.
 * Must never trust an event for amounts: what is mapped was fetched.
 */
import type Stripe from 'stripe'
import { isCurrency, type Currency } from '../../domain/money/currency.ts'
import { money } from '../../domain/money/money.ts'
import {
  nothingKnown,
  type DisputeStage,
  type Part,
  type PaymentFacts,
  type Progress,
  type RefundStage,
} from '../../domain/payments/payment.ts'
import type { ObservedPayment, ObservedSubscription } from '../../ports/payment-provider.port.ts'

/** Our payment's id, in the metadata of what was opened for it. */
export const referenceKey = 'tradewire_payment'

const secondMs = 1_000

export function dateOf(seconds: number): Date {
  return new Date(seconds * secondMs)
}

export interface PaymentParts {
  readonly intent: Stripe.PaymentIntent
  readonly refunds: readonly Stripe.Refund[]
  readonly disputes: readonly Stripe.Dispute[]
  /** The invoice that the payment is of; undefined for a purchase. */
  readonly invoice: Stripe.Invoice | undefined
}

export function toPaymentObservation({ intent, refunds, disputes, invoice }: PaymentParts): ObservedPayment {
  const subscription = invoice?.parent?.subscription_details
  const isFirst = invoice?.billing_reason === 'subscription_create'
  const line = invoice?.lines.data.toSorted((left, right) => right.period.end - left.period.end)[0]
  const reference = isFirst ? subscription?.metadata?.[referenceKey] : intent.metadata[referenceKey]
  return {
    kind: 'payment',
    externalId: intent.id,
    reference: reference ?? null,
    subscriptionExternalId:
      subscription === undefined || subscription === null ? null : idOf(subscription.subscription),
    isForChange: invoice?.billing_reason === 'subscription_update',
    period: line === undefined ? null : { start: dateOf(line.period.start), end: dateOf(line.period.end) },
    amount: money(BigInt(intent.amount), currencyOf(intent.currency)),
    facts: factsOf(intent, refunds, disputes),
  }
}

/** Of a page that nobody paid on: it never becomes a payment at Stripe. */
export function toGivenUpObservation(page: Stripe.Checkout.Session): ObservedPayment {
  return {
    kind: 'payment',
    externalId: page.id,
    reference: page.metadata?.[referenceKey] ?? null,
    subscriptionExternalId: null,
    isForChange: false,
    period: null,
    amount: money(BigInt(page.amount_total ?? 0), currencyOf(page.currency ?? '')),
    facts: { ...nothingKnown, progress: 'failed', failure: 'page_expired' },
  }
}

export function toSubscriptionObservation(subscription: Stripe.Subscription): ObservedSubscription {
  const endsAt = subscription.ended_at ?? subscription.cancel_at
  const { id: externalId, metadata } = subscription
  const reference = metadata[referenceKey] ?? null
  return { kind: 'subscription', externalId, reference, endsAt: endsAt === null ? null : dateOf(endsAt) }
}

function factsOf(
  intent: Stripe.PaymentIntent,
  refunds: readonly Stripe.Refund[],
  disputes: readonly Stripe.Dispute[],
): PaymentFacts {
  const charge = typeof intent.latest_charge === 'string' ? null : intent.latest_charge
  const transaction = typeof charge?.balance_transaction === 'string' ? null : charge?.balance_transaction
  const failure = intent.last_payment_error
  return {
    progress: progressOf(intent),
    failure: failure === null ? null : (failure.decline_code ?? failure.code ?? failure.type),
    capturedMinor: BigInt(intent.amount_received),
    feeMinor: BigInt(transaction?.fee ?? 0),
    refunds: Object.fromEntries(refunds.map(({ id, amount, status }) => [id, partOf(amount, refundStage(status))])),
    disputes: Object.fromEntries(
      disputes.flatMap(({ id, amount, status }) => {
        const stage = disputeStage(status)
        return stage === undefined ? [] : [[id, partOf(amount, stage)]]
      }),
    ),
  }
}

function partOf<Stage>(amount: number, stage: Stage): Part<Stage> {
  return { minor: BigInt(amount), stage }
}

function progressOf({ status, last_payment_error: failure }: Stripe.PaymentIntent): Progress {
  switch (status) {
    case 'succeeded':
      return 'succeeded'
    case 'processing':
    case 'requires_capture':
      return 'processing'
    case 'requires_action':
      return 'needs-action'
    case 'canceled':
      return 'failed'
    default:
      return failure === null ? 'created' : 'failed'
  }
}

/** A refund that is under way has left our balance already. */
function refundStage(status: string | null): RefundStage {
  return status === 'failed' || status === 'canceled' ? 'undone' : 'made'
}

/** An inquiry takes no money yet. */
function disputeStage(status: string): DisputeStage | undefined {
  if (status.startsWith('warning_')) return undefined
  return status === 'won' || status === 'lost' ? status : 'open'
}

function currencyOf(text: string): Currency {
  const code = text.toUpperCase()
  if (!isCurrency(code)) throw new RangeError(`Stripe has charged in ${code}, which we do not know`)
  return code
}

export function idOf(value: string | { readonly id: string }): string {
  return typeof value === 'string' ? value : value.id
}
