/**
 * The payments and subscriptions that one transaction holds locked, as they become while it takes in what providers show.
 * Called by the use case that takes it in. Must never be asked for one that was not locked: then it is not known.
 */
import type { Payment, Subscription } from './bill.ts'
import type { ProviderCode } from '../payments/provider-code.ts'

export interface ExternalId {
  readonly provider: ProviderCode
  readonly externalId: string
}

export class HeldBills {
  private readonly payments = new Map<string, Payment>()
  private readonly subscriptions = new Map<string, Subscription>()
  private readonly byExternalId = new Map<string, string>()
  private readonly added = new Set<string>()
  private readonly changed = new Set<string>()

  constructor(payments: readonly Payment[], subscriptions: readonly Subscription[]) {
    for (const payment of payments) this.keep(payment)
    for (const subscription of subscriptions) this.putSubscription(subscription)
  }

  payment(by: { readonly id: string } | ExternalId): Payment | undefined {
    return this.payments.get(this.idOf('payment', by) ?? '')
  }

  subscription(by: { readonly id: string } | ExternalId): Subscription | undefined {
    return this.subscriptions.get(this.idOf('subscription', by) ?? '')
  }

  /** One that the provider has begun by itself, when its payer came, for this payment of ours. */
  unnamedSubscription(provider: ProviderCode, paymentId: string | null): Subscription | undefined {
    const payment = this.payments.get(paymentId ?? '')
    const found = payment?.provider === provider ? this.subscriptions.get(payment.subscriptionId ?? '') : undefined
    return found?.externalId === null ? found : undefined
  }

  /** The others for the same fee or purchase. */
  othersFor({ id, feeId, purchaseId }: Payment): Payment[] {
    return [...this.payments.values()].filter(
      (other) =>
        other.id !== id &&
        ((feeId !== null && other.feeId === feeId) || (purchaseId !== null && other.purchaseId === purchaseId)),
    )
  }

  /** One that was not there before. */
  addPayment(payment: Payment): void {
    this.added.add(payment.id)
    this.keep(payment)
  }

  putPayment(payment: Payment): void {
    this.keep(payment)
    this.changed.add(payment.id)
  }

  putSubscription(subscription: Subscription): void {
    this.subscriptions.set(subscription.id, subscription)
    this.name('subscription', subscription)
  }

  /** As they are now. */
  addedPayments(): Payment[] {
    return [...this.added].map((id) => this.payments.get(id)!)
  }

  /** As they are now; without those that are new. */
  changedPayments(): Payment[] {
    return [...this.changed].filter((id) => !this.added.has(id)).map((id) => this.payments.get(id)!)
  }

  private keep(payment: Payment): void {
    this.payments.set(payment.id, payment)
    this.name('payment', payment)
  }

  private name(kind: string, { id, provider, externalId }: Payment | Subscription): void {
    if (externalId !== null) this.byExternalId.set(`${kind} ${provider} ${externalId}`, id)
  }

  private idOf(kind: string, by: { readonly id: string } | ExternalId): string | undefined {
    return 'id' in by ? by.id : this.byExternalId.get(`${kind} ${by.provider} ${by.externalId}`)
  }
}
