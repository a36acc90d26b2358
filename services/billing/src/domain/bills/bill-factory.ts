/** Makes new subscriptions and payments. Called by the use cases that begin and renew. Must never make one that was paid. */
import type { Clock } from '@tradewire/kernel/clock'
import { uuidOfHash, type IdSource } from '@tradewire/kernel/ids'
import { revenueOf, type Payment, type Purchase, type Subscription } from './bill.ts'
import type { BillingCycle } from '../subscriptions/billing-cycle.ts'
import { feeDescription, type PerformanceFee } from '../fees/fee.ts'
import type { Money } from '../money/money.ts'
import { nothingKnown } from '../payments/payment.ts'
import type { ProviderCode } from '../payments/provider-code.ts'
import type { TaxTerms } from '../money/tax.ts'
import { nothingPaid, type StandingRules } from '../subscriptions/subscription.ts'
import {
  dueNow,
  invoicedChange,
  nextPeriod,
  paysThrough,
  type PricedChange,
  type SubscriptionChange,
} from '../subscriptions/subscription-change.ts'

const dayMs = 86_400_000

export interface SubscriptionOffer {
  readonly subject: Subscription['subject']
  readonly owner: Subscription['owner']
  readonly cycle: BillingCycle
  readonly amount: Money
  readonly tax: TaxTerms | null
  readonly trialDays: number
}

export interface BillRules extends StandingRules {
  readonly renewLeadMs: number
}

/** Of a provider: who charges what. */
interface ProviderCapabilities {
  readonly renewals: 'provider' | 'link'
  readonly upgrades: 'provider' | 'payment'
}

interface AskedChange {
  readonly requestId: string | undefined
  readonly requestHash: string
}

export class BillFactory {
  private readonly clock: Clock
  private readonly ids: IdSource
  private readonly rules: BillRules

  constructor(clock: Clock, ids: IdSource, rules: BillRules) {
    this.clock = clock
    this.ids = ids
    this.rules = rules
  }

  /** Subscriptions that are paid until before then are to be renewed now. */
  renewalWindow(): { readonly now: Date; readonly paidBefore: Date } {
    const now = this.clock.now()
    return { now, paidBefore: new Date(now.getTime() + this.rules.renewLeadMs) }
  }

  subscription(userId: string, provider: ProviderCode, { trialDays, ...offer }: SubscriptionOffer): Subscription {
    const begunAt = this.clock.now()
    const hasTrial = trialDays > 0
    const anchorAt = new Date(begunAt.getTime() + trialDays * dayMs)
    return {
      ...offer,
      id: this.ids.next(),
      userId,
      provider,
      externalId: null,
      begunAt,
      anchorAt,
      grid: { from: anchorAt, afterPeriod: 0 },
      facts: nothingPaid,
      standing: 'incomplete',
      servedUntil: null,
      // A trial begins with the next look at what time has changed.
      nextChangeAt: hasTrial ? begunAt : new Date(begunAt.getTime() + this.rules.firstPaymentWithinMs),
      revision: 0,
    }
  }

  firstPayment(subscription: Subscription, requestId: string | undefined, requestHash: string): Payment {
    return { ...this.renewal(subscription), id: requestId ?? this.ids.next(), requestHash }
  }

  /** Of the period that follows what is paid: the same period always has the same payment. */
  renewal(subscription: Subscription): Payment {
    const { number: period, end: paysThrough } = nextPeriod(subscription)
    const id = uuidOfHash(`${subscription.id}|${period}`)
    return { ...this.unpaid(this.clock.now()), ...billedOf(subscription), id, period, paysThrough }
  }

  change(
    priced: PricedChange,
    held: Subscription,
    provider: ProviderCapabilities,
    asked: AskedChange,
  ): SubscriptionChange {
    const toldToProvider =
      provider.renewals === 'provider' && (priced.timing === 'period-end' || provider.upgrades === 'payment')
    return {
      ...priced,
      id: asked.requestId ?? this.ids.next(),
      subscriptionId: held.id,
      userId: held.userId,
      state: priced.timing === 'period-end' && !toldToProvider ? 'scheduled' : 'open',
      formerName: held.subject.name,
      toldToProvider,
      requestHash: asked.requestHash,
      createdAt: this.clock.now(),
    }
  }

  /** Of the difference that a change charges; it has the change's id. */
  changePayment(change: SubscriptionChange, held: Subscription): Payment {
    return {
      ...this.unpaid(change.createdAt),
      ...billedOf(held),
      id: change.id,
      changeId: change.id,
      description: `${change.formerName} to ${change.terms.subject.name}`,
      amount: dueNow(change.proration),
      paysThrough: paysThrough(held, change),
      lines: invoicedChange(change, held.tax),
      requestHash: change.requestHash,
    }
  }

  purchase(
    userId: string,
    calculated: Pick<Purchase, 'lines' | 'currency' | 'subtotal' | 'discount' | 'tax' | 'total'>,
    requestId: string | undefined,
  ): Purchase {
    return {
      ...calculated,
      id: this.ids.next(),
      userId,
      paymentId: requestId ?? this.ids.next(),
      createdAt: this.clock.now(),
    }
  }

  purchasePayment(purchase: Purchase, provider: ProviderCode, requestHash: string): Payment {
    const { id: purchaseId, userId, paymentId: id, lines, tax, total: amount } = purchase
    return {
      ...this.unpaid(purchase.createdAt),
      id,
      userId,
      purchaseId,
      description: lines.map(({ name }) => name).join(', '),
      provider,
      amount,
      tax,
      revenue: revenueOf.product,
      requestHash,
    }
  }

  /** The same fee has the same payment at one provider. What is owed was booked when the fee was: this settles it. */
  feePayment(fee: PerformanceFee, provider: ProviderCode): Payment {
    return {
      ...this.unpaid(this.clock.now()),
      id: uuidOfHash(`${fee.id}|${provider}`),
      userId: fee.userId,
      feeId: fee.id,
      description: feeDescription(fee),
      provider,
      amount: fee.charged,
      tax: fee.tax,
      revenue: `due:user:${fee.userId}`,
      owner: fee.owner,
    }
  }

  private unpaid(now: Date) {
    return {
      subscriptionId: null,
      period: null,
      paysThrough: null,
      changeId: null,
      lines: null,
      purchaseId: null,
      feeId: null,
      externalId: null,
      owner: null,
      clientSecret: null,
      paymentUrl: null,
      pageExternalId: null,
      facts: nothingKnown,
      surplus: null,
      requestHash: '',
      createdAt: now,
      updatedAt: now,
    }
  }
}

/** Whose money a payment of this subscription is. */
function billedOf({ id, userId, subject, owner, provider, amount, tax }: Subscription) {
  const revenue = revenueOf[subject.kind]
  return { userId, subscriptionId: id, description: subject.name, provider, amount, tax, revenue, owner }
}
