/**
 * Takes in how things stand at providers: books what moved, moves what was paid for, tells it.
 * Called in the transaction that finishes the providers' events. Must never do twice what was done, however often it is shown.
 */
import { isDeepStrictEqual } from 'node:util'
import { Injectable } from '@nestjs/common'
import { paymentFailed, paymentSucceeded, refundIssued } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { isPaymentId, revenueOf, termsOf, type Payment, type Subscription } from '../../domain/bills/bill.ts'
import { creditsOf } from '../../domain/bills/credit-note.ts'
import { HeldBills, type ExternalId } from '../../domain/bills/held-bills.ts'
import { money, moneyText } from '../../domain/money/money.ts'
import { journalsOf } from '../../domain/books/payment-journals.ts'
import { isAbsurd, learned, nothingKnown, type PaymentFacts } from '../../domain/payments/payment.ts'
import { isInForce, joined, type SubscriptionFacts } from '../../domain/subscriptions/subscription.ts'
import { isPaidBy } from '../../domain/payments/surplus.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Books, type Booked } from '../../ports/books.port.ts'
import type { Observation, ObservedPayment, ObservedSubscription } from '../../ports/payment-provider.port.ts'
import type { StoredEvent } from '../../ports/provider-events.port.ts'
import type { Credited } from '../issue-credit-notes/issue-credit-notes.use-case.ts'
import { IssueDocuments } from '../issue-documents/issue-documents.use-case.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

/** An event, and how what it is about stands now. */
export interface Shown {
  readonly event: StoredEvent
  readonly observations: readonly Observation[]
}

/** What one transaction has come to so far. */
interface Work {
  readonly tx: Transaction
  readonly now: Date
  readonly held: HeldBills
  readonly booked: Booked[]
  readonly newlyPaid: Payment[]
  readonly credited: Credited[]
}

@Injectable()
export class ApplyObservations {
  constructor(
    private readonly bills: Bills,
    private readonly books: Books,
    private readonly settleSubscription: SettleSubscription,
    private readonly issueDocuments: IssueDocuments,
    private readonly clock: Clock,
  ) {}

  /** Answers those events that are of something that we know; of the others perhaps not yet. */
  async execute(tx: Transaction, shown: readonly Shown[]): Promise<ReadonlySet<StoredEvent>> {
    const work = {
      tx,
      now: this.clock.now(),
      held: await this.hold(tx, shown),
      booked: [],
      newlyPaid: [],
      credited: [],
    }
    const known = new Set<StoredEvent>()
    await this.takeIn(work, shown, known)
    // What an event told first may be of a payment that a later one has made known.
    const unknown = shown.filter(({ event }) => !known.has(event))
    if (known.size > 0 && unknown.length > 0) await this.takeIn(work, unknown, known)
    await this.store(work)
    return known
  }

  /** Each kind in one order: two transactions that hold the same wait for each other, but never in a circle. */
  private async hold(tx: Transaction, shown: readonly Shown[]): Promise<HeldBills> {
    const all = shown.flatMap(({ event: { provider }, observations }) =>
      observations.map((seen) => ({ provider, ...seen })),
    )
    const payments = await this.bills.lockPayments(tx, {
      ids: all.flatMap(({ reference }) => (reference !== null && isPaymentId(reference) ? [reference] : [])),
      externalIds: all.filter((one) => one.kind === 'payment'),
    })
    const subscriptions = await this.bills.lockSubscriptions(tx, {
      ids: payments.flatMap(({ subscriptionId }) => subscriptionId ?? []),
      externalIds: all.flatMap((one): ExternalId[] => {
        if (one.kind === 'subscription') return [one]
        const { provider, subscriptionExternalId: externalId } = one
        return externalId === null ? [] : [{ provider, externalId }]
      }),
    })
    return new HeldBills(payments, subscriptions)
  }

  private async takeIn(work: Work, shown: readonly Shown[], known: Set<StoredEvent>): Promise<void> {
    for (const { event, observations } of shown) {
      for (const seen of observations) {
        const isKnown =
          seen.kind === 'payment'
            ? await this.applyPayment(work, event, seen)
            : await this.applySubscription(work, event, seen)
        if (isKnown) known.add(event)
      }
    }
  }

  private async store({ tx, now, held, booked, newlyPaid, credited }: Work): Promise<void> {
    for (const payment of held.addedPayments()) await this.bills.addPayment(tx, payment)
    await this.books.write(tx, booked, now)
    await this.bills.savePayments(tx, held.changedPayments())
    await this.issueDocuments.execute(tx, newlyPaid, credited)
  }

  private async applySubscription(
    { tx, held }: Work,
    { provider }: StoredEvent,
    { externalId, reference, endsAt }: ObservedSubscription,
  ): Promise<boolean> {
    const subscription = held.subscription({ provider, externalId }) ?? held.unnamedSubscription(provider, reference)
    if (subscription === undefined) return false
    if (subscription.externalId === null || isNews(subscription, { endsAt })) {
      held.putSubscription(await this.settleSubscription.execute(tx, subscription, { endsAt, externalId }))
    }
    return true
  }

  private async applyPayment(work: Work, event: StoredEvent, seen: ObservedPayment): Promise<boolean> {
    const { tx, now, held } = work
    const found = await this.findPayment(work, event, seen)
    if (found === undefined) return false
    if (found.amount.currency !== seen.amount.currency) {
      throw new Error(`${seen.externalId} is in ${seen.amount.currency}, and ${found.amount.currency} was asked for`)
    }
    if (isAbsurd(seen.facts)) throw new Error(`${seen.externalId} is ${seen.facts.progress} and of an absurd amount`)
    const facts = learned(found.facts, seen.facts)
    const isNewMoney = facts.capturedMinor > 0n && found.facts.capturedMinor === 0n
    const surplus = isNewMoney ? await this.surplusOf(work, found, seen) : found.surplus
    const payment = { ...found, externalId: seen.externalId, facts, surplus }
    if (found.externalId === null || !isDeepStrictEqual(found.facts, payment.facts)) {
      held.putPayment({ ...payment, updatedAt: now })
      const cause = { providerEventId: event.id }
      const journals = journalsOf(termsOf(payment), found.facts, payment.facts)
      work.booked.push(...journals.map((journal) => ({ journal, cause })))
      tell(tx, payment, found.facts, now)
    }
    if (surplus !== null) {
      await this.nameSubscription(work, payment, seen)
      return true
    }
    const isNewlyPaid = !isPaid(payment, found.facts) && isPaid(payment, payment.facts)
    if (payment.subscriptionId !== null) await this.moveSubscription(work, payment, seen, isNewlyPaid)
    // A performance fee had its invoice before, and what is given back of its payment is due again.
    if (payment.feeId !== null || !isPaid(payment, payment.facts)) return true
    if (isNewlyPaid) work.newlyPaid.push(payment)
    const credits = creditsOf(isNewlyPaid ? unreturned(payment.facts) : found.facts, payment.facts, payment.tax)
    if (credits.length > 0) work.credited.push({ paymentId: payment.id, credits })
    return true
  }

  /** A payment that we opened, one that the provider made for a subscription, or one more of what was paid already. */
  private async findPayment(
    work: Work,
    { provider }: StoredEvent,
    seen: ObservedPayment,
  ): Promise<Payment | undefined> {
    const { tx, held } = work
    const known = held.payment({ provider, externalId: seen.externalId })
    if (known !== undefined) return known
    const referred = seen.reference === null ? undefined : held.payment({ id: seen.reference })
    if (referred?.provider === provider) {
      if (referred.externalId === null) return referred
      // Opened twice, because an answer was lost: the one that is paid is it, and a second one that is paid is one more.
      if (seen.facts.progress !== 'succeeded') return undefined
      if (referred.facts.progress !== 'succeeded') return referred
      const oneMore = { ...referred, period: null, paysThrough: null, amount: seen.amount, surplus: null }
      return addedTo(work, seen, isPaidAgain(referred, seen) ? { ...oneMore, surplus: 'due' } : oneMore)
    }
    if (seen.subscriptionExternalId === null) return undefined
    const subscription = held.subscription({ provider, externalId: seen.subscriptionExternalId })
    if (subscription === undefined) return undefined
    // After a trial the provider charges the first period by itself, as it does a change.
    const unnamed = await this.bills.lockUnnamed(tx, subscription.id, seen.isForChange)
    if (unnamed !== undefined && isFor(seen, held.payment(unnamed) ?? unnamed)) return unnamed
    // A change whose time has come names what is paid for.
    const now = await this.settleSubscription.execute(tx, subscription)
    held.putSubscription(now)
    return addedTo(work, seen, renewalOf(now, seen))
  }

  /** What pays for nothing is the payer's: it was paid already, another subscription serves, or its time is not to be served. */
  private async surplusOf(
    { tx, now, held }: Work,
    payment: Payment,
    seen: ObservedPayment,
  ): Promise<Payment['surplus']> {
    if (payment.surplus !== null || isPaidAlready(held, payment)) return payment.surplus ?? 'due'
    const subscription = held.subscription({ id: payment.subscriptionId ?? '' })
    // One for a change that has come too late is told to operators.
    if (subscription === undefined || payment.changeId !== null) return null
    const isReplaced = !isInForce(subscription) && (await this.bills.isTaken(tx, subscription, subscription.subject))
    return isReplaced || servesNothing(subscription, { payment, seen, now }) ? 'due' : null
  }

  /** One that is to be ended at its provider must be known by its name there. */
  private async nameSubscription({ tx, held }: Work, payment: Payment, seen: ObservedPayment): Promise<void> {
    const subscription = held.subscription({ id: payment.subscriptionId ?? '' })
    const externalId = seen.subscriptionExternalId
    if (subscription?.externalId !== null || externalId === null) return
    held.putSubscription(await this.settleSubscription.execute(tx, subscription, { externalId }))
  }

  private async moveSubscription(
    { tx, held }: Work,
    payment: Payment,
    seen: ObservedPayment,
    isNewlyPaid: boolean,
  ): Promise<void> {
    const subscription = held.subscription({ id: payment.subscriptionId! })
    if (subscription === undefined) return
    const paidChangeId = isNewlyPaid ? (payment.changeId ?? undefined) : undefined
    const externalId = subscription.externalId ?? seen.subscriptionExternalId
    const news = factsFor(subscription, payment, seen)
    if (paidChangeId === undefined && externalId === subscription.externalId && !isNews(subscription, news)) return
    held.putSubscription(await this.settleSubscription.execute(tx, subscription, { ...news, externalId, paidChangeId }))
  }
}

function addedTo({ held, now }: Work, { externalId }: ObservedPayment, like: Payment): Payment {
  const id = uuidOfHash(`${like.provider}|${externalId}`)
  const fresh = {
    facts: nothingKnown,
    clientSecret: null,
    paymentUrl: null,
    pageExternalId: null,
    createdAt: now,
    updatedAt: now,
  }
  const payment = { ...like, ...fresh, id, externalId }
  held.addPayment(payment)
  return payment
}

/** A renewal begins when what the first payment pays for is over; it may be seen before that one, or together with it. */
function isFor({ isForChange, period }: ObservedPayment, { externalId, paysThrough }: Payment): boolean {
  if (externalId !== null) return false
  return isForChange || (period !== null && paysThrough !== null && period.start < paysThrough)
}

/** A renewal that its provider charges may carry the reference of the first payment; what nobody renews is paid again. */
function isPaidAgain(referred: Payment, { amount, subscriptionExternalId }: ObservedPayment): boolean {
  return subscriptionExternalId === null && isPaidBy([referred], { amount })
}

/** One more of what was paid already is the payer's, whichever of them was heard of first. */
function isPaidAlready(held: HeldBills, payment: Payment): boolean {
  const others = held.othersFor(payment)
  return others.length > 0 && isPaidBy(others, payment)
}

/**
 * Nothing of what it newly pays for lies ahead and before the end. A provider that keeps the subscription has charged in time,
 * however late that is heard of: there only the end decides.
 */
function servesNothing(
  { facts: { paidThrough, endsAt }, anchorAt, externalId }: Subscription,
  { payment, seen, now }: { readonly payment: Payment; readonly seen: ObservedPayment; readonly now: Date },
): boolean {
  const isOver = (at: Date) => endsAt !== null && at >= endsAt
  if (externalId !== null || seen.subscriptionExternalId !== null)
    return seen.period !== null && isOver(seen.period.start)
  if (payment.paysThrough === null) return false
  return now >= payment.paysThrough || isOver(now) || isOver(paidThrough ?? anchorAt)
}

/** As it was before anything of it was given back: an invoice is of the whole, whenever the rest was told. */
function unreturned(facts: PaymentFacts): PaymentFacts {
  return { ...facts, refunds: {}, disputes: {} }
}

/** What changes by time alone is not asked here: time passes by itself. */
function isNews({ facts }: Subscription, seen: Partial<SubscriptionFacts>): boolean {
  return !isDeepStrictEqual(joined(facts, { ...facts, ...seen }), facts)
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
    pageExternalId: null,
    facts: nothingKnown,
    surplus: null,
    requestHash: '',
    createdAt: begunAt,
    updatedAt: begunAt,
  }
}

function tell(tx: Transaction, payment: Payment, before: PaymentFacts, now: Date): void {
  const after = payment.facts
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
