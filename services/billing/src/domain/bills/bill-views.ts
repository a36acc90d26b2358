/** Plans, subscriptions, payments, products and purchases as their users see them. Called by use cases. Must never show what is not theirs to see. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { PaymentReply } from '@tradewire/contracts/rpc/billing/payments'
import type { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import type { listProducts } from '@tradewire/contracts/rpc/billing/products'
import type { listPurchases } from '@tradewire/contracts/rpc/billing/purchases'
import type { beginSubscription, SubscriptionReply } from '@tradewire/contracts/rpc/billing/subscriptions'
import type { Payment, Product, Purchase, Subscription } from './bill.ts'
import { money, moneyText } from '../money/money.ts'
import { refundedMinor, statusOf } from '../payments/payment.ts'
import { taxIn } from '../money/tax.ts'
import { planCurrency, type Plan } from '../subscriptions/plan.ts'

export function viewPlan(shown: Plan): ReplyOf<typeof createPlan> {
  const { monthlyMinor, maxBalance, createdAt, updatedAt, removedAt: _, ...rest } = shown
  return {
    ...rest,
    monthlyPrice: monthlyMinor === null ? null : moneyText(money(monthlyMinor, planCurrency)),
    maxBalance: maxBalance?.toString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

export function viewSubscription(subscription: Subscription): SubscriptionReply {
  const { id, userId, subject, provider, amount, cycle, standing, facts, servedUntil, begunAt, anchorAt } = subscription
  return {
    id,
    userId,
    subject,
    provider,
    amount: moneyText(amount),
    currency: amount.currency,
    cycle,
    standing,
    paidThrough: facts.paidThrough?.toISOString() ?? null,
    servedUntil: servedUntil?.toISOString() ?? null,
    endsAt: facts.endsAt?.toISOString() ?? null,
    begunAt: begunAt.toISOString(),
    trialEndsAt: anchorAt > begunAt ? anchorAt.toISOString() : null,
  }
}

export function viewPayment(payment: Payment): PaymentReply {
  const { id, userId, subscriptionId, purchaseId, feeId, provider, amount, facts, paymentUrl, createdAt, updatedAt } =
    payment
  return {
    id,
    userId,
    subscriptionId,
    purchaseId,
    feeId,
    provider,
    amount: moneyText(amount),
    refunded: moneyText(money(refundedMinor(facts), amount.currency)),
    currency: amount.currency,
    status: statusOf(facts),
    failure: facts.failure,
    paymentUrl,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

/** How to pay it. */
export function viewIntent(payment: Payment, nextPaymentAt: Date | null): ReplyOf<typeof beginSubscription> {
  const { id: paymentId, subscriptionId, provider, amount, clientSecret, paymentUrl } = payment
  return {
    paymentId,
    subscriptionId,
    provider,
    amount: moneyText(amount),
    amountMinor: Number(amount.minor),
    currency: amount.currency,
    clientSecret,
    paymentUrl,
    nextPaymentAt: nextPaymentAt?.toISOString() ?? null,
  }
}

export function viewProduct(product: Product): ReplyOf<typeof listProducts>['items'][number] {
  const { amount, createdAt, ...rest } = product
  return { ...rest, amount: moneyText(amount), currency: amount.currency, createdAt: createdAt.toISOString() }
}

export function viewCalculation({
  lines,
  currency,
  subtotal,
  discount,
  tax,
  total,
}: Pick<Purchase, 'lines' | 'currency' | 'subtotal' | 'discount' | 'tax' | 'total'>) {
  const [shownSubtotal, shownDiscount, shownTotal] = [subtotal, discount, total].map(moneyText) as [
    string,
    string,
    string,
  ]
  const shownTax = tax === null ? null : { ...tax, amount: moneyText(money(taxIn(total.minor, tax), total.currency)) }
  const amounts = { subtotal: shownSubtotal, discount: shownDiscount, tax: shownTax, total: shownTotal }
  return { lines: [...lines], currency, ...amounts }
}

export function viewPurchase(purchase: Purchase, payment: Payment): ReplyOf<typeof listPurchases>['items'][number] {
  const { id, userId, paymentId, createdAt } = purchase
  return {
    id,
    userId,
    ...viewCalculation(purchase),
    paymentId,
    status: statusOf(payment.facts),
    paymentUrl: payment.paymentUrl,
    createdAt: createdAt.toISOString(),
  }
}
