/** Stored subscriptions, payments and purchases. Called by use cases. Must never lose one that a provider knows of. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Payment, Purchase, Subscription } from '../domain/bills/bill.ts'
import type { ExternalId } from '../domain/bills/held-bills.ts'
import type { PaidPlan } from '../domain/subscriptions/plan.ts'
import type { ProviderCode } from '../domain/payments/provider-code.ts'

export interface UserWindow {
  /** Undefined for those of all users. */
  readonly userId: string | undefined
  readonly afterId: string | undefined
  readonly limit: number
}

/** Which are meant: by our ids, and by those of their providers. */
export interface Named {
  readonly ids: readonly string[]
  readonly externalIds: readonly ExternalId[]
}

export abstract class Bills {
  /** False when the user has one to the same that is in force, or one that is being changed to it. */
  abstract insertSubscription(tx: Transaction, subscription: Subscription): Promise<boolean>
  abstract saveSubscription(tx: Transaction, subscription: Subscription): Promise<void>
  abstract lockSubscription(tx: Transaction, by: { readonly id: string }): Promise<Subscription | undefined>
  /** Those that there are, locked in the order of their ids. */
  abstract lockSubscriptions(tx: Transaction, named: Named): Promise<Subscription[]>
  /** Undefined also when it is not of `seenBy`; undefined there for anybody's. */
  abstract findSubscription(id: string, seenBy: string | undefined): Promise<Subscription | undefined>
  abstract everSubscribed(userId: string, subject: Pick<Subscription['subject'], 'kind' | 'id'>): Promise<boolean>
  abstract subscriptions(window: UserWindow): Promise<Subscription[]>
  /** Those whose standing changes by time alone before `now`. */
  abstract dueSubscriptions(now: Date, limit: number): Promise<string[]>
  /** It is looked at again then, and not before. */
  abstract putOff(subscriptionId: string, until: Date): Promise<void>
  /** Subscriptions at these providers that are paid until before `before` and have no payment after that. */
  abstract renewable(
    providers: readonly ProviderCode[],
    now: Date,
    before: Date,
    limit: number,
  ): Promise<Subscription[]>
  /** It is looked at again then, and not before. */
  abstract putOffRenewal(subscriptionId: string, until: Date): Promise<void>
  /** Whether of what is paid now something was given back, or is disputed. */
  abstract gaveMoneyBack(subscriptionId: string): Promise<boolean>
  /** Whether its next period was asked for and is not paid. */
  abstract isNextBilled(tx: Transaction, subscription: Subscription): Promise<boolean>
  /** Whether its user has another one to this that is in force, or one that is being changed to it. */
  abstract isTaken(tx: Transaction, than: Subscription, subject: Subscription['subject']): Promise<boolean>
  /** The first of a subscription, or that of its open change, which the provider has not named yet. */
  abstract lockUnnamed(tx: Transaction, subscriptionId: string, isForChange: boolean): Promise<Payment | undefined>
  /** Plans that these users have paid for, also when they are over. */
  abstract plansHeld(userIds: readonly string[], tx?: Transaction): Promise<readonly PaidPlan[]>

  /** False when there is one with this id, or one of the same period. */
  abstract insertPayment(tx: Transaction, payment: Payment): Promise<boolean>
  /** As `insertPayment`; throws RetryableError when another transaction was first. */
  abstract addPayment(tx: Transaction, payment: Payment): Promise<void>
  abstract savePayments(tx: Transaction, payments: readonly Payment[]): Promise<void>
  abstract lockPayment(tx: Transaction, by: { readonly id: string }): Promise<Payment | undefined>
  /**
   * For one caller at a time over all processes: until it lets go, or for so long if it cannot any more. Undefined for the
   * others; `again` when one before has asked the provider.
   */
  abstract claimOpening(paymentId: string, forMs: number): Promise<'first' | 'again' | undefined>
  /** By who has claimed it and has not let go: for so long from now on. */
  abstract keepOpening(paymentId: string, forMs: number): Promise<void>
  abstract letGoOfOpening(paymentId: string): Promise<void>
  /** Payments for what was paid already that are to be given back. */
  abstract surplusDue(now: Date, limit: number): Promise<Payment[]>
  /** It is looked at again then, and not before. */
  abstract putOffSurplus(paymentId: string, until: Date): Promise<void>
  /** False when another process was first. */
  abstract settleSurplus(tx: Transaction, paymentId: string, outcome: 'returned' | 'kept'): Promise<boolean>
  /** Those that there are, and all others for the same fee or purchase, locked in the order of their ids. */
  abstract lockPayments(tx: Transaction, named: Named): Promise<Payment[]>
  abstract findPayment(id: string, seenBy: string | undefined): Promise<Payment | undefined>
  abstract payments(window: UserWindow): Promise<Payment[]>
  /** Pages of providers on which it may yet be begun to be paid. */
  abstract openPages(subscriptionId: string): Promise<string[]>

  /** False when its payment has one. */
  abstract insertPurchase(tx: Transaction, purchase: Purchase): Promise<boolean>
  abstract findPurchase(id: string, tx?: Transaction): Promise<Purchase | undefined>
  abstract purchases(
    window: UserWindow & { readonly ids: readonly string[] | undefined },
  ): Promise<{ readonly purchase: Purchase; readonly payment: Payment }[]>
}
