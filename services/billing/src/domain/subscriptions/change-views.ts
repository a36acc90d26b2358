/** Changes of subscriptions as their users see them. Called by use cases. Must never show another sum than is charged. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { previewChange, SubscriptionChangeReply } from '@tradewire/contracts/rpc/billing/subscription-changes'
import type { Payment } from '../bills/bill.ts'
import { viewIntent } from '../bills/bill-views.ts'
import { periodEnd } from './billing-cycle.ts'
import { moneyText } from '../money/money.ts'
import { changeLines, dueNow, type PricedChange, type SubscriptionChange } from './subscription-change.ts'

type Shown = PricedChange & Pick<SubscriptionChange, 'subscriptionId' | 'formerName'>

export function viewPricedChange(change: Shown): ReplyOf<typeof previewChange> {
  const { subscriptionId, timing, effectiveAt, pricedAt, terms, proration } = change
  const { subject, cycle, amount } = terms
  const lines = changeLines(change.formerName, change)
  return {
    subscriptionId,
    timing,
    effectiveAt: effectiveAt.toISOString(),
    subject,
    cycle,
    currency: amount.currency,
    amount: moneyText(amount),
    lines: lines.map((line) => ({ description: line.description, amount: moneyText(line.amount) })),
    dueNow: moneyText(dueNow(proration)),
    pricedAt: pricedAt.toISOString(),
    nextPaymentAt: nextPaymentOf(change).toISOString(),
  }
}

export function viewChange(change: SubscriptionChange, payment: Payment | undefined): SubscriptionChangeReply {
  const { id, state } = change
  const intent = payment === undefined ? null : viewIntent(payment, nextPaymentOf(change))
  return { ...viewPricedChange(change), id, state, payment: intent }
}

/** A cycle that begins anew now is paid for its first period. */
function nextPaymentOf({ timing, terms, effectiveAt, proration, paidThrough }: PricedChange): Date {
  const isAnew = timing === 'now' && proration.charge.minor === terms.amount.minor
  return isAnew ? periodEnd(effectiveAt, terms.cycle, 1) : paidThrough
}
