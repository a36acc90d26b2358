/** Rows of subscriptions, payments and purchases as the domain has them. Called by their store. Must never decide anything. */
import { Decimal } from '@tradewire/kernel/decimal'
import type { Payment, Purchase, PurchaseLine, SubjectKind, Subscription } from '../domain/bills/bill.ts'
import type { BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { Currency } from '../domain/money/currency.ts'
import type { LedgerAccount } from '../domain/books/ledger.ts'
import { money } from '../domain/money/money.ts'
import type { Part, PaymentFacts, Progress } from '../domain/payments/payment.ts'
import type { ProviderCode } from '../domain/payments/provider-code.ts'
import type { TaxTerms } from '../domain/money/tax.ts'
import type { Standing } from '../domain/subscriptions/subscription.ts'

export interface SubscriptionRow {
  readonly id: string
  readonly user_id: string
  readonly subject_kind: SubjectKind
  readonly subject_id: string
  readonly subject_name: string
  readonly owner_id: string | null
  readonly owner_percent: string | null
  readonly provider: ProviderCode
  readonly external_id: string | null
  readonly currency: Currency
  readonly minor: string
  readonly tax: TaxTerms | null
  readonly cycle: BillingCycle
  readonly begun_at: Date
  readonly anchor_at: Date
  readonly grid_from: Date
  readonly grid_after_period: number
  readonly paid_through: Date | null
  readonly failed_from: Date | null
  readonly ends_at: Date | null
  readonly standing: Standing
  readonly served_until: Date | null
  readonly next_change_at: Date | null
  readonly revision: number
}

export function toSubscription(row: SubscriptionRow): Subscription {
  return {
    id: row.id,
    userId: row.user_id,
    subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
    owner: toOwner(row),
    provider: row.provider,
    externalId: row.external_id,
    amount: money(BigInt(row.minor), row.currency),
    tax: row.tax,
    cycle: row.cycle,
    begunAt: row.begun_at,
    anchorAt: row.anchor_at,
    grid: { from: row.grid_from, afterPeriod: row.grid_after_period },
    facts: { paidThrough: row.paid_through, failedFrom: row.failed_from, endsAt: row.ends_at },
    standing: row.standing,
    servedUntil: row.served_until,
    nextChangeAt: row.next_change_at,
    revision: row.revision,
  }
}

/** In the order of the columns in the store's statements. */
export function subscriptionParameters(subscription: Subscription): unknown[] {
  const { id, userId, subject, owner, provider, externalId, amount, cycle, begunAt, facts } = subscription
  return [
    id,
    userId,
    subject.kind,
    subject.id,
    subject.name,
    owner?.userId ?? null,
    owner?.sharePercent.toString() ?? null,
    provider,
    externalId,
    amount.currency,
    amount.minor,
    cycle,
    begunAt,
    subscription.anchorAt,
    facts.paidThrough,
    facts.failedFrom,
    facts.endsAt,
    subscription.standing,
    subscription.servedUntil,
    subscription.nextChangeAt,
    subscription.revision,
    subscription.tax === null ? null : JSON.stringify(subscription.tax),
    subscription.grid.from,
    subscription.grid.afterPeriod,
  ]
}

export interface PaymentRow {
  readonly id: string
  readonly user_id: string
  readonly subscription_id: string | null
  readonly period: number | null
  readonly pays_through: Date | null
  readonly change_id: string | null
  readonly lines: Payment['lines']
  readonly purchase_id: string | null
  readonly fee_id: string | null
  readonly description: string
  readonly provider: ProviderCode
  readonly external_id: string | null
  readonly currency: Currency
  readonly minor: string
  readonly tax: TaxTerms | null
  readonly revenue: LedgerAccount
  readonly owner_id: string | null
  readonly owner_percent: string | null
  readonly client_secret: string | null
  readonly payment_url: string | null
  readonly page_external_id: string | null
  readonly facts: StoredFacts
  readonly surplus: Payment['surplus']
  readonly request_hash: string
  readonly created_at: Date
  readonly updated_at: Date
}

function toOwner(row: Pick<PaymentRow, 'owner_id' | 'owner_percent'>): Payment['owner'] {
  if (row.owner_id === null || row.owner_percent === null) return null
  return { userId: row.owner_id, sharePercent: new Decimal(row.owner_percent) }
}

/** JSON has no whole numbers of any size, so amounts are text. */
type Stored<Facts> = {
  [Key in keyof Facts]: Facts[Key] extends bigint
    ? string
    : Facts[Key] extends Readonly<Record<string, Part<infer Stage>>>
      ? Readonly<Record<string, { readonly minor: string; readonly stage: Stage }>>
      : Facts[Key]
}
type StoredFacts = Stored<PaymentFacts>

export function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    userId: row.user_id,
    subscriptionId: row.subscription_id,
    period: row.period,
    paysThrough: row.pays_through,
    changeId: row.change_id,
    lines: row.lines,
    purchaseId: row.purchase_id,
    feeId: row.fee_id,
    description: row.description,
    provider: row.provider,
    externalId: row.external_id,
    amount: money(BigInt(row.minor), row.currency),
    tax: row.tax,
    revenue: row.revenue,
    owner: toOwner(row),
    clientSecret: row.client_secret,
    paymentUrl: row.payment_url,
    pageExternalId: row.page_external_id,
    facts: toFacts(row.facts),
    surplus: row.surplus,
    requestHash: row.request_hash,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** In the order of the columns in the store's statements; `status` is for people who look. */
export function paymentParameters(payment: Payment, status: string): unknown[] {
  const { id, userId, subscriptionId, period, purchaseId, description, provider, externalId, amount } = payment
  const { revenue, owner, clientSecret, paymentUrl, facts, requestHash, createdAt, updatedAt, feeId } = payment
  const progress: Progress = facts.progress
  return [
    id,
    userId,
    subscriptionId,
    period,
    purchaseId,
    description,
    provider,
    externalId,
    amount.currency,
    amount.minor,
    revenue,
    owner?.userId ?? null,
    owner?.sharePercent.toString() ?? null,
    clientSecret,
    paymentUrl,
    progress,
    status,
    factsText(facts),
    requestHash,
    createdAt,
    updatedAt,
    feeId,
    payment.tax === null ? null : JSON.stringify(payment.tax),
    payment.paysThrough,
    payment.changeId,
    payment.lines === null ? null : JSON.stringify(payment.lines),
    payment.surplus,
    payment.pageExternalId,
  ]
}

export function factsText(facts: PaymentFacts): string {
  return JSON.stringify(facts, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

function toFacts({ capturedMinor, feeMinor, refunds, disputes, ...rest }: StoredFacts): PaymentFacts {
  return {
    ...rest,
    capturedMinor: BigInt(capturedMinor),
    feeMinor: BigInt(feeMinor),
    refunds: toParts(refunds),
    disputes: toParts(disputes),
  }
}

export function toParts<Stage>(
  parts: Readonly<Record<string, { readonly minor: string; readonly stage: Stage }>>,
): Record<string, Part<Stage>> {
  return Object.fromEntries(
    Object.entries(parts).map(([id, { minor, stage }]) => [id, { minor: BigInt(minor), stage }]),
  )
}

export interface PurchaseRow {
  readonly id: string
  readonly user_id: string
  readonly lines: readonly PurchaseLine[]
  readonly currency: Currency
  readonly subtotal_minor: string
  readonly discount_minor: string
  readonly purchase_tax: TaxTerms | null
  readonly total_minor: string
  readonly payment_id: string
  readonly created_at: Date
}

export function toPurchase(row: PurchaseRow): Purchase {
  const { id, lines, currency } = row
  return {
    id,
    userId: row.user_id,
    lines,
    currency,
    subtotal: money(BigInt(row.subtotal_minor), currency),
    discount: money(BigInt(row.discount_minor), currency),
    tax: row.purchase_tax,
    total: money(BigInt(row.total_minor), currency),
    paymentId: row.payment_id,
    createdAt: row.created_at,
  }
}
