/**
 * Razorpay's entities in our words. Called by its client. An order is a payment of ours: it may be tried more than once.
 * Must never trust an event for amounts: what is mapped was fetched.
 */
import { isCurrency } from '../../domain/money/currency.ts'
import { money } from '../../domain/money/money.ts'
import type { DisputeStage, Part, PaymentFacts, Progress, RefundStage } from '../../domain/payments/payment.ts'
import type { ObservedPayment, ObservedSubscription } from '../../ports/payment-provider.port.ts'
import { referenceKey, type Dispute, type Invoice, type Order, type Payment, type Refund } from './razorpay.wire.ts'
import type { Subscription } from './razorpay.wire.ts'

const secondMs = 1_000
const over = new Set(['cancelled', 'completed', 'expired'])

export function dateOf(seconds: number): Date {
  return new Date(seconds * secondMs)
}

export interface OrderParts {
  readonly order: Order
  /** Every try at paying it. */
  readonly attempts: readonly Payment[]
  readonly refunds: readonly Refund[]
  readonly disputes: readonly Dispute[]
  /** What the order is of; undefined for a purchase. */
  readonly period:
    | { readonly invoice: Invoice; readonly subscription: Subscription; readonly isFirst: boolean }
    | undefined
}

export function toPaymentObservation(parts: OrderParts): ObservedPayment {
  const { order, period } = parts
  const code = order.currency.toUpperCase()
  if (!isCurrency(code)) throw new RangeError(`Razorpay has charged in ${code}, which we do not know`)
  const notes = period === undefined ? order.notes : period.isFirst ? period.subscription.notes : {}
  const reference = notes[referenceKey]
  const { billing_start: start, billing_end: end } = period?.invoice ?? {}
  const isTimed = typeof start === 'number' && typeof end === 'number'
  return {
    kind: 'payment',
    externalId: order.id,
    reference: typeof reference === 'string' ? reference : null,
    subscriptionExternalId: period?.subscription.id ?? null,
    isForChange: false,
    period: isTimed ? { start: dateOf(start), end: dateOf(end) } : null,
    amount: money(BigInt(order.amount), code),
    facts: factsOf(parts),
  }
}

/** A subscription that is halted may be paid yet; only what is over has an end. */
export function toSubscriptionObservation({
  id,
  status,
  notes,
  ended_at: endedAt,
}: Subscription): ObservedSubscription {
  const isOver = over.has(status) && typeof endedAt === 'number'
  const reference = notes[referenceKey]
  return {
    kind: 'subscription',
    externalId: id,
    reference: typeof reference === 'string' ? reference : null,
    endsAt: isOver ? dateOf(endedAt) : null,
  }
}

export function isOver({ status }: Subscription): boolean {
  return over.has(status)
}

export function isTaken({ status }: Payment): boolean {
  return status === 'captured' || status === 'refunded'
}

function factsOf({ attempts, refunds, disputes }: OrderParts): PaymentFacts {
  const taken = attempts.filter(isTaken)
  const failed = attempts.find(({ status }) => status === 'failed')
  return {
    progress: progressOf(attempts),
    failure: failed === undefined ? null : (failed.error_reason ?? failed.error_code ?? 'failed'),
    capturedMinor: BigInt(taken.reduce((total, { amount }) => total + amount, 0)),
    feeMinor: BigInt(taken.reduce((total, { fee }) => total + (fee ?? 0), 0)),
    refunds: Object.fromEntries(refunds.map(({ id, amount, status }) => [id, part(amount, refundStage(status))])),
    disputes: Object.fromEntries(
      disputes.flatMap((one) => {
        const stage = disputeStage(one)
        return stage === undefined ? [] : [[one.id, part(one.amount, stage)]]
      }),
    ),
  }
}

/** The one that came furthest: a payer who was declined tries again. */
function progressOf(attempts: readonly Payment[]): Progress {
  const statuses = new Set(attempts.map(({ status }) => status))
  if (attempts.some(isTaken)) return 'succeeded'
  if (statuses.has('authorized')) return 'processing'
  // One that was begun and has no end yet waits for the payer's bank.
  if (statuses.has('created')) return 'needs-action'
  return statuses.has('failed') ? 'failed' : 'created'
}

function part<Stage>(amount: number, stage: Stage): Part<Stage> {
  return { minor: BigInt(amount), stage }
}

/** A refund that is under way has left our balance already. */
function refundStage(status: string): RefundStage {
  return status === 'failed' ? 'undone' : 'made'
}

/** While nothing was deducted it is a question only. */
function disputeStage({ status, amount_deducted: deducted }: Dispute): DisputeStage | undefined {
  if (status === 'lost' || status === 'won') return status
  if (status === 'closed') return 'won'
  return (deducted ?? 0) > 0 ? 'open' : undefined
}
