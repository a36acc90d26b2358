/**
 * Takes in how things stand at a provider: books what moved, moves what was paid for, tells it.
 * Called in the transaction that finishes a provider's event. Must never do twice what was done, however often it is shown.
 */
import { Injectable } from '@nestjs/common'
import { paymentFailed, paymentSucceeded, refundIssued } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { revenueOf, termsOf, type Payment, type Subscription } from '../../domain/bill.ts'
import { money, moneyText } from '../../domain/money.ts'
import { journalsOf } from '../../domain/payment-journals.ts'
import { learned, nothingKnown, type PaymentFacts } from '../../domain/payment.ts'
import type { SubscriptionFacts } from '../../domain/subscription.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Books } from '../../ports/books.port.ts'
import type { Observation, ObservedPayment, ObservedSubscription } from '../../ports/payment-provider.port.ts'
import type { StoredEvent } from '../../ports/provider-events.port.ts'
import { IssueInvoice } from '../issue-invoice/issue-invoice.use-case.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

type Known = Payment & { readonly externalId: string }

@Injectable()
export class ApplyObservations {
  constructor(
    private readonly bills: Bills,
    private readonly books: Books,
    private readonly settleSubscription: SettleSubscription,
    private readonly issueInvoice: IssueInvoice,
    private readonly clock: Clock,
  ) {}

  /** False when none of it is of anything that we know: perhaps not yet. */
  async execute(tx: Transaction, event: StoredEvent, observations: readonly Observation[]): Promise<boolean> {
    let known = false
    for (const observation of observations) {
      const applied =
        observation.kind === 'payment'
          ? await this.applyPayment(tx, event, observation)
          : await this.applySubscription(tx, event, observation)
      known ||= applied
    }
    return known
  }

  private async applySubscription(tx: Transaction, event: StoredEvent, seen: ObservedSubscription): Promise<boolean> {
    const by = { provider: event.provider, externalId: seen.externalId }
    const subscription = await this.bills.lockSubscription(tx, by)
    if (subscription === undefined) return false
    await this.settleSubscription.execute(tx, subscription, { endsAt: seen.endsAt })
    return true
  }

  private async applyPayment(tx: Transaction, event: StoredEvent, seen: ObservedPayment): Promise<boolean> {
    const found = await this.findPayment(tx, event, seen)
    if (found === undefined) return false
    const payment: Known = { ...found, externalId: seen.externalId }
    if (payment.amount.currency !== seen.amount.currency) {
      throw new Error(`${seen.externalId} is in ${seen.amount.currency}, and ${payment.amount.currency} was asked for`)
    }
    const before = payment.facts
    const facts = learned(before, seen.facts)
    const now = this.clock.now()
    await this.books.write(tx, journalsOf(termsOf(payment), before, facts), { providerEventId: event.id }, now)
    await this.bills.savePayment(tx, { ...payment, facts, updatedAt: now })
    tell(tx, payment, facts, now)
    const isNewlyPaid = !isPaid(payment, before) && isPaid(payment, facts)
    if (payment.subscriptionId !== null) await this.moveSubscription(tx, { ...payment, facts }, seen, isNewlyPaid)
    // A performance fee had its invoice before. Last of all: everybody waits for the counter of invoices, and who has it
    // must not wait for a subscription.
    if (isNewlyPaid && payment.feeId === null)
      await this.issueInvoice.execute(tx, { ...payment, paymentId: payment.id })
    return true
  }

  /** A payment that we opened, one that the provider made for a subscription, or one more of what was paid already. */
  private async findPayment(tx: Transaction, event: StoredEvent, seen: ObservedPayment): Promise<Payment | undefined> {
    const by = { provider: event.provider, externalId: seen.externalId }
    const known = await this.bills.lockPayment(tx, by)
    if (known !== undefined) return known
    const referred = seen.reference === null ? undefined : await this.bills.lockPayment(tx, { id: seen.reference })
    if (referred?.provider === event.provider) {
      if (referred.externalId === null) return referred
      // Opened twice, because an answer was lost: the one that is paid is it, and a second one that is paid is one more.
      if (seen.facts.progress !== 'succeeded') return undefined
      if (referred.facts.progress !== 'succeeded') return referred
      return this.addPayment(tx, by, { ...referred, period: null, paysThrough: null, amount: seen.amount })
    }
    if (seen.subscriptionExternalId === null) return undefined
    const subscription = await this.bills.lockSubscription(tx, { ...by, externalId: seen.subscriptionExternalId })
    if (subscription === undefined) return undefined
    // After a trial the provider charges the first period by itself, as it does a change.
    const unnamed = await this.bills.lockUnnamed(tx, subscription.id, seen.isForChange)
    if (unnamed !== undefined) return unnamed
    // A change whose time has come names what is paid for.
    const now = await this.settleSubscription.execute(tx, subscription)
    return this.addPayment(tx, by, renewalOf(now, seen))
  }

  private async addPayment(
    tx: Transaction,
    by: { readonly provider: Payment['provider']; readonly externalId: string },
    like: Payment,
  ): Promise<Payment | undefined> {
    const now = this.clock.now()
    const id = uuidOfHash(`${by.provider}|${by.externalId}`)
    const added = { ...like, ...by, id, facts: nothingKnown, clientSecret: null, paymentUrl: null }
    await this.bills.insertPayment(tx, { ...added, createdAt: now, updatedAt: now })
    return this.bills.lockPayment(tx, { id })
  }

  private async moveSubscription(
    tx: Transaction,
    payment: Payment,
    seen: ObservedPayment,
    isNewlyPaid: boolean,
  ): Promise<void> {
    const subscription = await this.bills.lockSubscription(tx, { id: payment.subscriptionId! })
    if (subscription === undefined) return
    // The provider may tell of its subscription before we have stored its answer that it began.
    const externalId = subscription.externalId ?? seen.subscriptionExternalId
    const paidChangeId = isNewlyPaid ? (payment.changeId ?? undefined) : undefined
    const news = factsFor(subscription, payment, seen)
    await this.settleSubscription.execute(tx, { ...subscription, externalId }, news, paidChangeId)
  }
}

function isPaid({ amount }: Payment, { progress, capturedMinor }: PaymentFacts): boolean {
  return progress === 'succeeded' && capturedMinor >= amount.minor
}

/** What a payment says of its subscription. */
function factsFor(
  { begunAt }: Subscription,
  payment: Payment,
  { period }: ObservedPayment,
): Partial<SubscriptionFacts> {
  if (isPaid(payment, payment.facts)) {
    if (period !== null) return { paidThrough: period.end }
    return payment.paysThrough === null ? {} : { paidThrough: payment.paysThrough }
  }
  // A first payment that fails leaves the subscription as incomplete as it was.
  return payment.facts.progress === 'failed' && period !== null && period.start > begunAt
    ? { failedFrom: period.start }
    : {}
}

function renewalOf(
  { id, userId, owner, provider, subject, begunAt, tax }: Subscription,
  seen: ObservedPayment,
): Payment {
  return {
    id,
    userId,
    subscriptionId: id,
    period: null,
    paysThrough: null,
    changeId: null,
    lines: null,
    purchaseId: null,
    feeId: null,
    description: subject.name,
    provider,
    externalId: null,
    amount: seen.amount,
    tax,
    revenue: revenueOf[subject.kind],
    owner,
    clientSecret: null,
    paymentUrl: null,
    facts: nothingKnown,
    requestHash: '',
    createdAt: begunAt,
    updatedAt: begunAt,
  }
}

function tell(tx: Transaction, payment: Payment, after: PaymentFacts, now: Date): void {
  const before = payment.facts
  const at = now.toISOString()
  const { id, userId, subscriptionId, purchaseId, provider, amount } = payment
  const currency = amount.currency
  const news = { paymentId: id, userId, subscriptionId, purchaseId, provider, amount: moneyText(amount), currency }
  if (before.progress !== 'succeeded' && after.progress === 'succeeded') {
    tx.append(paymentSucceeded, { ...news, succeededAt: at })
  } else if (before.progress !== after.progress && after.progress === 'failed') {
    tx.append(paymentFailed, { ...news, reason: after.failure, failedAt: at })
  }
  for (const [refundId, { minor, stage }] of Object.entries(after.refunds)) {
    if (stage !== 'made' || before.refunds[refundId] !== undefined) continue
    tx.append(refundIssued, { ...news, amount: moneyText(money(minor, currency)), refundId, refundedAt: at })
  }
}
