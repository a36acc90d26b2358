/**
 * A payment provider: how to open a checkout, what a delivery is worth, and how things stand there now.
 * Called by use cases; implemented in clients/<provider>. Must never decide what money means to us.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { AskedOnce } from '../domain/payments/asked-once.ts'
import type { BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { Currency } from '../domain/money/currency.ts'
import type { Money } from '../domain/money/money.ts'
import type { PaymentFacts } from '../domain/payments/payment.ts'
import type { ProviderCode } from '../domain/payments/provider-code.ts'
import type { ChangeTerms, Proration, SubscriptionChange } from '../domain/subscriptions/subscription-change.ts'

/** `form`: the payer stays on the page that sells. `page`: they are sent to one of the provider. */
export type CheckoutKind = 'form' | 'page'

/** What a provider can do, as data: use cases ask this and never who it is. */
export interface ProviderCapabilities {
  readonly currencies: readonly Currency[]
  /** `provider`: it charges each period by itself. `link`: we open a checkout for each and the user pays. */
  readonly renewals: 'provider' | 'link'
  readonly refunds: 'partial' | 'none'
  /** How its payers may pay; the usual way first. */
  readonly checkouts: readonly CheckoutKind[]
  /** Who charges the difference of a change that is in force at once: the provider by itself, or we like anything else. */
  readonly upgrades: 'provider' | 'payment'
  readonly changesCycle: boolean
}

/** Whether somebody may pay so. */
export function takes(
  capabilities: ProviderCapabilities | undefined,
  { currency, checkout }: { readonly currency: Currency; readonly checkout: CheckoutKind | undefined },
): boolean {
  if (capabilities === undefined || !capabilities.currencies.includes(currency)) return false
  return checkout === undefined || capabilities.checkouts.includes(checkout)
}

/** Nothing was done and asking again may help; nothing was done and never will be; perhaps it was done. */
export type ProviderFailure =
  | { readonly kind: 'unavailable'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string }

export interface Checkout {
  /** Our payment's id: the provider's idempotency key, and carried back by it. */
  readonly reference: string
  readonly amount: Money
  readonly description: string
  readonly kind: CheckoutKind
  /** It may be open already, and the answer was lost: one that knows no idempotency key looks for it first. */
  readonly wasAsked: boolean
  readonly customer: { readonly userId: string; readonly username: string; readonly email: string | null }
  /** When it is to be charged again by the provider itself. */
  readonly recurring: {
    readonly subject: SoldSubject
    readonly cycle: BillingCycle
    /** The first period is charged then, not now; null for no trial. */
    readonly trialEndsAt: Date | null
    readonly trialDays: number
  } | null
}

export interface OpenedCheckout {
  /** Null where the provider names a payment only when the payer comes: it is known by our reference then. */
  readonly externalId: string | null
  readonly subscriptionExternalId: string | null
  readonly clientSecret: string | null
  readonly paymentUrl: string | null
  /** Of a page that can be closed. */
  readonly pageExternalId?: string
}

export type SoldSubject = ChangeTerms['subject']

/** Something that is sold, as it is to stand in the provider's own catalogue; without prices it is sold no longer. */
export interface Listing {
  readonly subject: SoldSubject
  readonly prices: readonly { readonly cycle: BillingCycle; readonly amount: Money }[]
}

/** What a subscription at the provider is for, and what its periods cost. */
export interface ProviderTerms extends ChangeTerms {
  readonly subscriptionExternalId: string
}

/** What a subscription at the provider is to become. */
export interface WantedChange extends ProviderTerms {
  /** The moment for which it is priced. */
  readonly pricedAt: Date
}

export interface ProviderChange extends WantedChange {
  /** The change's id: the provider's idempotency key. */
  readonly reference: string
}

export function providerChangeOf(
  { id, terms, pricedAt }: SubscriptionChange,
  subscriptionExternalId: string,
): ProviderChange {
  return { reference: id, ...providerTermsOf(terms, subscriptionExternalId), pricedAt }
}

export function providerTermsOf(
  { subject, amount, cycle }: ChangeTerms,
  subscriptionExternalId: string,
): ProviderTerms {
  return { subscriptionExternalId, subject, amount, cycle }
}

/** A payment as the provider shows it now. */
export interface ObservedPayment {
  readonly kind: 'payment'
  readonly externalId: string
  /** Our payment's id, where the provider carried it back. */
  readonly reference: string | null
  /** The provider's subscription that it is for. */
  readonly subscriptionExternalId: string | null
  /** Whether the provider made it because its subscription was changed. */
  readonly isForChange: boolean
  /** What time it pays for, where the provider counts periods. */
  readonly period: { readonly start: Date; readonly end: Date } | null
  readonly amount: Money
  readonly facts: PaymentFacts
}

export interface ObservedSubscription {
  readonly kind: 'subscription'
  readonly externalId: string
  /** The id of its first payment with us, where the provider carried it back. */
  readonly reference: string | null
  /** When it ended or will end for good; null while nobody ended it. */
  readonly endsAt: Date | null
}

export type Observation = ObservedPayment | ObservedSubscription

export interface RawDelivery {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
  /** The unguessable end of the address, for providers that sign nothing. */
  readonly pathToken: string | undefined
}

/** What the provider's form gave the payer to bring back to us. */
export type PayersProof = Readonly<Record<string, string>>

/** An event as it is stored: enough to observe what it is about, at any later time. */
export interface HeardEvent {
  readonly eventId: string
  readonly type: string
  readonly body: string
}

const noChanges = { kind: 'refused', detail: 'it changes no subscriptions' } as const

export abstract class PaymentProvider {
  abstract readonly code: ProviderCode
  abstract readonly capabilities: ProviderCapabilities
  /** The least that can be charged more or less, in the smallest unit of the currency. */
  readonly unitMinor: bigint = 1n
  /** Whether it has a catalogue of its own, in which what we sell is to stand. */
  readonly keepsCatalogue: boolean = false

  /** Undefined when it does not come from the provider. Checks the bytes as they came, in constant time. */
  abstract hear(delivery: RawDelivery, now: Date): HeardEvent | undefined
  /** As `hear`, of what a payer brings back; undefined also where a provider signs nothing of the kind. */
  hearPayer(_proof: PayersProof): HeardEvent | undefined {
    return undefined
  }
  /** Asks the provider how things stand that the event is about: an event is only a hint, and may be old. */
  abstract observe(event: HeardEvent, asked: AskedOnce): Promise<Result<readonly Observation[], ProviderFailure>>
  /** The same reference gives the same checkout. */
  abstract open(checkout: Checkout): Promise<Result<OpenedCheckout, ProviderFailure>>
  /** The same reference gives money back once. Answers an event that tells of it. */
  abstract refund(externalId: string, amount: Money, reference: string): Promise<Result<HeardEvent, ProviderFailure>>
  /** Ends the provider's subscription, with its paid time or now. Answers when it ends. */
  abstract cancel(subscriptionExternalId: string, when: 'now' | 'period-end'): Promise<Result<Date, ProviderFailure>>
  /** Nobody can pay on this page any more; refused when it was paid. Closed already is closed. */
  async closePage(_pageExternalId: string): Promise<Result<void, ProviderFailure>> {
    return ok(undefined)
  }
  /** Where the payer changes cards and sees invoices at the provider; refused where it has no such page. */
  async portal(_subscriptionExternalId: string, _returnUrl: string): Promise<Result<string, ProviderFailure>> {
    return err({ kind: 'refused', detail: 'it has no page for its payers' })
  }
  /** What a change at once would give back and charge, by the provider's own count. */
  async quoteChange(_change: WantedChange): Promise<Result<Proration, ProviderFailure>> {
    return err(noChanges)
  }
  /** Charges the difference; the change is in force there when it is paid. The same reference does it once. */
  async changeNow(_change: ProviderChange): Promise<Result<OpenedCheckout, ProviderFailure>> {
    return err(noChanges)
  }
  /** From the next period on it is charged so. The same reference does it once. */
  async changeLater(_change: ProviderChange): Promise<Result<void, ProviderFailure>> {
    return err(noChanges)
  }
  /** Whether that is what it charges for the period that runs now. */
  async charges(_terms: ProviderTerms): Promise<Result<boolean, ProviderFailure>> {
    return err(noChanges)
  }
  /** Leaves the subscription as we have it. A change at once, priced then, is closed; refused when it was paid. */
  async takeBackChange(_kept: ProviderTerms, _pricedAt: Date | null): Promise<Result<void, ProviderFailure>> {
    return ok(undefined)
  }
  /** Makes its catalogue as the listing is, however it stood. Answers its id of the first price; null for none. */
  async list(_listing: Listing): Promise<Result<string | null, ProviderFailure>> {
    return ok(null)
  }
  /** What has happened there since, whether or not a delivery told of it. */
  abstract recent(since: Date): Promise<Result<readonly HeardEvent[], ProviderFailure>>
}

/** Those that are switched on. */
export abstract class PaymentProviders {
  abstract of(code: ProviderCode): PaymentProvider | undefined
  abstract all(): readonly PaymentProvider[]
}
