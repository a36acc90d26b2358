/**
 * Has the provider open the checkout of a stored payment, and stores how it is to be paid.
 * Called for first payments, purchases and renewals by link; again or at once for the same payment it gives the same checkout.
 * Must never be called inside a transaction: the provider is asked over the network.
 */
import { Injectable } from '@nestjs/common'
import { paymentDue } from '@tradewire/contracts/events/billing'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { setTimeout as delay } from 'node:timers/promises'
import { billingErrors } from '../../billing.errors.ts'
import { isOpened, type Payment, type Subscription } from '../../domain/bills/bill.ts'
import { moneyText } from '../../domain/money/money.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Customers } from '../../ports/customers.port.ts'
import {
  PaymentProviders,
  providerChangeOf,
  type CheckoutKind,
  type OpenedCheckout,
  type PaymentProvider,
  type ProviderFailure,
} from '../../ports/payment-provider.port.ts'

const dayMs = 86_400_000
/** A process that dies while it asks a provider holds the others up for so long; one that lives keeps its claim. */
const openingMs = 4_000
const keepEveryMs = 1_000
const openingPollMs = 50
/** Ten seconds; then the caller is told to ask again. */
const openingPollsMax = 200

interface Wish {
  readonly payment: Payment
  /** The subscription that it begins or renews; null for a purchase. */
  readonly subscription: Subscription | null
  /** The provider's usual way when it is left out. */
  readonly checkout?: CheckoutKind | undefined
  /** Where it is the difference of a change. */
  readonly changed?: { readonly change: SubscriptionChange; readonly subscription: Subscription } | undefined
}

@Injectable()
export class OpenCheckout {
  /** By payment: equal requests to this process share one answer. */
  private readonly opening = new Map<string, Promise<Result<Payment, CodedError>>>()

  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly customers: Customers,
    private readonly providers: PaymentProviders,
    private readonly clock: Clock,
  ) {}

  /** Fails with PROVIDER_NOT_AVAILABLE, PROVIDER_REFUSED or PROVIDER_UNAVAILABLE. */
  execute(wish: Wish): Promise<Result<Payment, CodedError>> {
    const { id } = wish.payment
    const begun = this.opening.get(id)
    if (begun !== undefined) return begun
    const opening = this.open(wish).finally(() => this.opening.delete(id))
    this.opening.set(id, opening)
    return opening
  }

  /** Not every provider knows a key that makes one of two equal calls: over all processes one asks, the others wait. */
  private async open(wish: Wish): Promise<Result<Payment, CodedError>> {
    const { id } = wish.payment
    for (let poll = 0; poll < openingPollsMax; poll += 1) {
      const claim = await this.bills.claimOpening(id, openingMs)
      if (claim !== undefined) return this.openAlone(wish, claim === 'again')
      const known = await this.bills.findPayment(id, undefined)
      if (known !== undefined && isOpened(known)) return ok(known)
      await delay(openingPollMs)
    }
    return err(billingErrors.of('PROVIDER_UNAVAILABLE', { detail: 'an equal request is still being answered' }))
  }

  private async openAlone(wish: Wish, wasAsked: boolean): Promise<Result<Payment, CodedError>> {
    const { id } = wish.payment
    // What cannot be kept or let go of ends by itself.
    const keeping = setInterval(() => void this.bills.keepOpening(id, openingMs).catch(() => undefined), keepEveryMs)
    try {
      return await this.ask(wish, wasAsked)
    } finally {
      clearInterval(keeping)
      await this.bills.letGoOfOpening(id).catch(() => undefined)
    }
  }

  private async ask(
    { payment, subscription, changed, checkout }: Wish,
    wasAsked: boolean,
  ): Promise<Result<Payment, CodedError>> {
    // An equal request may have been through since the caller looked.
    const known = await this.bills.findPayment(payment.id, undefined)
    if (known !== undefined && isOpened(known)) return ok(known)
    const provider = this.providers.of(payment.provider)
    if (provider === undefined) return err(billingErrors.of('PROVIDER_NOT_AVAILABLE', { provider: payment.provider }))
    const kind = checkout ?? provider.capabilities.checkouts[0] ?? 'form'
    const externalId = provider.capabilities.upgrades === 'provider' ? changed?.subscription.externalId : undefined
    const opened =
      changed === undefined || externalId === undefined || externalId === null
        ? await provider.open({ ...(await this.checkoutOf(provider, payment, subscription)), kind, wasAsked })
        : await provider.changeNow(providerChangeOf(changed.change, externalId))
    if (!opened.ok) return err(codedFailure(opened.error))
    return ok(await this.store(payment.id, opened.value))
  }

  private async checkoutOf(provider: PaymentProvider, payment: Payment, subscription: Subscription | null) {
    const { id, userId, amount, description } = payment
    const customer = (await this.customers.find(userId)) ?? { userId, username: '', email: null }
    const isRecurring = subscription !== null && provider.capabilities.renewals === 'provider'
    const recurring = isRecurring ? recurringOf(subscription) : null
    return { reference: id, amount, description, customer, recurring }
  }

  /** What a delivery told before stays, and so does what an equal request at the same time was answered. */
  private store(paymentId: string, opened: OpenedCheckout): Promise<Payment> {
    return this.database.transact(async (tx) => {
      const payment = (await this.bills.lockPayment(tx, { id: paymentId }))!
      if (isOpened(payment)) return payment
      const { clientSecret, paymentUrl, pageExternalId = null } = opened
      const how = { clientSecret, paymentUrl, pageExternalId }
      const stored = { ...payment, ...how, externalId: payment.externalId ?? opened.externalId }
      await this.bills.savePayments(tx, [{ ...stored, updatedAt: this.clock.now() }])
      const { subscriptionId, period } = payment
      const subscription =
        subscriptionId === null ? undefined : await this.bills.lockSubscription(tx, { id: subscriptionId })
      if (subscription?.externalId === null && opened.subscriptionExternalId !== null) {
        await this.bills.saveSubscription(tx, { ...subscription, externalId: opened.subscriptionExternalId })
      }
      const isRenewal = period !== null && period > 1 && payment.externalId === null
      if (isRenewal && paymentUrl !== null) {
        const { id, userId, purchaseId, provider, amount } = payment
        const what = { paymentId: id, userId, subscriptionId, purchaseId, provider, paymentUrl }
        const dueAt = (subscription?.facts.paidThrough ?? this.clock.now()).toISOString()
        tx.append(paymentDue, { ...what, amount: moneyText(amount), currency: amount.currency, dueAt })
      }
      return stored
    })
  }
}

function recurringOf({ subject, cycle, begunAt, anchorAt }: Subscription) {
  const trialDays = Math.round((anchorAt.getTime() - begunAt.getTime()) / dayMs)
  return { subject, cycle, trialEndsAt: anchorAt > begunAt ? anchorAt : null, trialDays }
}

export function codedFailure({ kind, detail }: ProviderFailure): CodedError {
  return billingErrors.of(kind === 'refused' ? 'PROVIDER_REFUSED' : 'PROVIDER_UNAVAILABLE', { detail })
}
