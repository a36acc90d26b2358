/** A subscription and a payment as they are stored. Called by use cases and stores. Must never hold a means of payment. */
import type { BillingCycle } from '../subscriptions/billing-cycle.ts'
import type { Currency } from '../money/currency.ts'
import type { LedgerAccount } from '../books/ledger.ts'
import type { Money } from '../money/money.ts'
import type { PaymentTerms } from '../books/payment-journals.ts'
import type { PaymentFacts } from '../payments/payment.ts'
import type { ProviderCode } from '../payments/provider-code.ts'
import type { TaxTerms } from '../money/tax.ts'
import type { Standing, SubscriptionFacts } from '../subscriptions/subscription.ts'

export type SubjectKind = 'plan' | 'strategy'

export interface Subscription {
  readonly id: string
  readonly userId: string
  readonly subject: { readonly kind: SubjectKind; readonly id: string; readonly name: string }
  /** Who offers the strategy, and what they get of each payment; null for plans. */
  readonly owner: PaymentTerms['owner']
  readonly provider: ProviderCode
  /** The provider's own subscription; null where renewals are ours. */
  readonly externalId: string | null
  /** Of a period, tax and all. */
  readonly amount: Money
  readonly tax: TaxTerms | null
  readonly cycle: BillingCycle
  readonly begunAt: Date
  /** Its first period begins then: later than itself where a trial comes first. */
  readonly anchorAt: Date
  /** Whence its periods are counted now, and which number the last one before had: 0 until its cycle is changed. */
  readonly grid: { readonly from: Date; readonly afterPeriod: number }
  readonly facts: SubscriptionFacts
  readonly standing: Standing
  readonly servedUntil: Date | null
  readonly nextChangeAt: Date | null
  readonly revision: number
}

export interface InvoiceLine {
  readonly description: string
  readonly quantity: number
  /** Of all of them, as prices are shown: with the tax where prices contain it. Below nothing for a discount. */
  readonly amount: string
}

/** `due`: to be given back. `kept`: its provider gives nothing back, so operators must do it by hand. */
export type SurplusState = 'due' | 'returned' | 'kept'

export interface Payment {
  readonly id: string
  readonly userId: string
  readonly subscriptionId: string | null
  /** Of the subscription, from 1 on; null when the provider counts, for changes and for purchases. */
  readonly period: number | null
  /** What is paid by it, at the latest; fixed when it was begun. Null when the provider says so, and for purchases. */
  readonly paysThrough: Date | null
  /** The change of a subscription that it pays for. */
  readonly changeId: string | null
  readonly purchaseId: string | null
  /** The performance fee that it pays. */
  readonly feeId: string | null
  readonly description: string
  readonly provider: ProviderCode
  /** As its invoice shows them; null where the description says all. */
  readonly lines: readonly InvoiceLine[] | null
  /** Null until the provider has answered. */
  readonly externalId: string | null
  readonly amount: Money
  readonly tax: TaxTerms | null
  readonly revenue: LedgerAccount
  readonly owner: PaymentTerms['owner']
  readonly clientSecret: string | null
  readonly paymentUrl: string | null
  /** Of the provider's page, where it is not the payment itself. */
  readonly pageExternalId: string | null
  readonly facts: PaymentFacts
  /** Null for one that pays for something; else what became of the money. */
  readonly surplus: SurplusState | null
  /** Tells whether a repeated request is the same. */
  readonly requestHash: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The payer has been told how to pay it. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a text from outside may be one. */
export function isPaymentId(text: string): boolean {
  return UUID.test(text)
}

export function isOpened({ clientSecret, paymentUrl }: Payment): boolean {
  return clientSecret !== null || paymentUrl !== null
}

export function termsOf(payment: Payment & { readonly externalId: string }): PaymentTerms {
  const { provider, externalId, amount, revenue, tax, owner, userId } = payment
  const of = { provider, externalId, currency: amount.currency }
  return payment.surplus === null
    ? { ...of, revenue, tax, owner }
    : { ...of, revenue: `due:user:${userId}`, tax: null, owner: null }
}

export const revenueOf: Readonly<Record<SubjectKind | 'product', LedgerAccount>> = {
  plan: 'revenue:plans',
  strategy: 'revenue:strategies',
  product: 'revenue:products',
}

export interface Product {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly description: string
  readonly amount: Money
  readonly createdAt: Date
}

export interface PurchaseLine {
  readonly productId: string
  readonly name: string
  readonly quantity: number
  /** Of one. */
  readonly amount: string
}

export interface Purchase {
  readonly id: string
  readonly userId: string
  readonly lines: readonly PurchaseLine[]
  readonly currency: Currency
  readonly subtotal: Money
  readonly discount: Money
  readonly tax: TaxTerms | null
  /** What is to be paid, tax and all. */
  readonly total: Money
  readonly paymentId: string
  readonly createdAt: Date
}
