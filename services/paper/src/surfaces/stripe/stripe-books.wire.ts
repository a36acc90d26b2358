/**
 * Stripe's side of the books, in memory and on a clock of its own: customers, subscriptions that renew, payments by test
 * cards, refunds, disputes, and the events that tell of them. Called by its API, its control routes and simulations.
 * Must never be asked for money.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { periodEnd } from '#surfaces/payments/periods.wire'
import { StripeCatalogue } from './stripe-catalogue.wire.ts'
import { become, becomeAsPaid, changedLines, wholePeriod } from './stripe-changes.wire.ts'
import { StripeSessions } from './stripe-sessions.wire.ts'
import { draftIntent, draftInvoice, draftSubscription, type IntentDraft } from './stripe-drafts.wire.ts'
import {
  apiVersion,
  testCards,
  type CardError,
  type Charge,
  type Customer,
  type Dispute,
  type Invoice,
  type InvoiceLine,
  type Metadata,
  type PaymentIntent,
  type Price,
  type Refund,
  type Schedule,
  type SetupIntent,
  type StripeEvent,
  type StripeObject,
  type Subscription,
  type SubscriptionItem,
} from './stripe-objects.wire.ts'

const daySeconds = 86_400
/** A subscription whose first payment does not come is given up. */
const incompleteSeconds = 23 * 3_600
/** After a renewal fails it is tried again so many days later, each time; then the subscription ends. */
const retryDays = [3, 5, 7]
const feeFixedMinor = 30
const feeThousandths = 29
const millisecondsPerSecond = 1_000

export class StripeBooks {
  readonly customers = new Map<string, Customer>()
  readonly catalogue = new StripeCatalogue((prefix, object) => this.object(prefix, object))
  readonly subscriptions = new Map<string, Subscription>()
  readonly invoices = new Map<string, Invoice>()
  readonly intents = new Map<string, PaymentIntent>()
  readonly charges = new Map<string, Charge>()
  readonly refunds = new Map<string, Refund>()
  readonly disputes = new Map<string, Dispute>()
  readonly schedules = new Map<string, Schedule>()
  readonly setups = new Map<string, SetupIntent>()
  readonly sessions = new StripeSessions(this)
  readonly events: StripeEvent[] = []
  private readonly mark: string
  private now: number
  private count = 0

  /** `mark` keeps the ids of two lives of the simulator apart. */
  constructor(mark: string, startsAt: Date) {
    this.mark = mark
    this.now = Math.floor(startsAt.getTime() / millisecondsPerSecond)
  }

  get time(): Date {
    return new Date(this.now * millisecondsPerSecond)
  }

  /** Renews, tries again and gives up what comes due until then, in its order. */
  advanceTo(time: Date): void {
    const end = Math.floor(time.getTime() / millisecondsPerSecond)
    for (;;) {
      const next = this.nextDue(end)
      if (next === undefined) break
      this.now = Math.max(this.now, next.at)
      next.work()
    }
    this.now = Math.max(this.now, end)
  }

  createCustomer(name: string | null, email: string | null, metadata: Metadata): Customer {
    return this.keep(this.customers, { ...this.object('cus', 'customer'), name, email, metadata, card: null })
  }

  /** With a trial nothing is charged before it ends, and a card is asked for. */
  createSubscription(
    customer: Customer,
    price: Price,
    metadata: Metadata,
    trialEnd: number | null = null,
  ): Subscription {
    const start = this.now
    const item: SubscriptionItem = {
      id: this.nextId('si'),
      object: 'subscription_item',
      price,
      current_period_start: start,
      current_period_end: trialEnd ?? periodEnd(start, price.recurring.interval_count),
    }
    const subscription = draftSubscription(this.object('sub', 'subscription'), { customer, item, metadata, trialEnd })
    this.keep(this.subscriptions, subscription)
    if (trialEnd === null) this.invoiceOf(subscription, 'subscription_create', wholePeriod(item))
    else subscription.pending_setup_intent = this.createSetup(customer).id
    this.tell('customer.subscription.created', subscription)
    return subscription
  }

  createIntent(amount: number, currency: string, more: Omit<IntentDraft, 'amount' | 'currency'> = {}): PaymentIntent {
    const secret = this.nextId('cs')
    return this.keep(
      this.intents,
      draftIntent(this.object('pi', 'payment_intent'), secret, { amount, currency, ...more }),
    )
  }

  /** What the payer's form does with a card. `proven`: the payer has passed the bank's question. */
  confirm(intent: PaymentIntent, card: string, proven = false): Result<PaymentIntent, CardError> {
    if (intent.status === 'succeeded') return ok(intent)
    intent.payment_method = card
    const behaviour = testCards[card] ?? testCards['pm_card_chargeDeclined']!
    if (typeof behaviour === 'object') return this.decline(intent, behaviour)
    if (behaviour === 'act' && !proven) {
      intent.status = 'requires_action'
      intent.next_action = { type: 'use_stripe_sdk' }
      this.tell('payment_intent.requires_action', intent)
      return ok(intent)
    }
    this.pay(intent)
    const customer = intent.customer === null ? undefined : this.customers.get(intent.customer)
    if (customer !== undefined) customer.card = card
    return ok(intent)
  }

  refund(intent: PaymentIntent, amount: number): Refund | undefined {
    const charge = intent.latest_charge === null ? undefined : this.charges.get(intent.latest_charge)
    if (charge === undefined || amount < 1 || charge.amount_refunded + amount > charge.amount) return undefined
    charge.amount_refunded += amount
    charge.refunded = charge.amount_refunded === charge.amount
    const refund = this.keep(this.refunds, {
      ...this.object('re', 'refund'),
      amount,
      currency: intent.currency,
      charge: charge.id,
      payment_intent: intent.id,
      status: 'succeeded' as const,
    })
    this.tell('charge.refunded', charge)
    return refund
  }

  dispute(intent: PaymentIntent): Dispute | undefined {
    const charge = intent.latest_charge === null ? undefined : this.charges.get(intent.latest_charge)
    if (charge === undefined || charge.disputed || charge.amount_refunded > 0) return undefined
    charge.disputed = true
    const { id: chargeId, amount, currency } = charge
    const dispute = this.keep<Dispute>(this.disputes, {
      ...this.object('dp', 'dispute'),
      amount,
      currency,
      charge: chargeId,
      payment_intent: intent.id,
      status: 'needs_response',
    })
    this.tell('charge.dispute.created', dispute)
    return dispute
  }

  closeDispute(dispute: Dispute, status: 'won' | 'lost'): void {
    if (dispute.status !== 'needs_response') return
    dispute.status = status
    this.tell('charge.dispute.closed', dispute)
  }

  cancel(subscription: Subscription): Subscription {
    if (subscription.ended_at === null) this.end(subscription, 'canceled')
    return subscription
  }

  cancelAtPeriodEnd(subscription: Subscription): Subscription {
    subscription.cancel_at_period_end = true
    subscription.cancel_at = subscription.items.data[0].current_period_end
    subscription.canceled_at = this.now
    this.tell('customer.subscription.updated', subscription)
    return subscription
  }

  /** Charges both rests to the card on file; the subscription becomes it when that is paid. */
  change(subscription: Subscription, price: Price, at: number): void {
    const lines = changedLines(subscription, price, at)
    subscription.pending_update = { price, at }
    const invoice = this.invoiceOf(subscription, 'subscription_update', lines)
    const intent = this.intents.get(invoice.payments.data[0]!.payment.payment_intent)!
    this.confirm(intent, this.customers.get(subscription.customer)?.card ?? 'pm_card_chargeDeclined')
  }

  /** A change that waits for its payment is forgotten with its invoice. */
  voidInvoice(invoice: Invoice): Invoice {
    invoice.status = 'void'
    const subscription = this.subscriptions.get(invoice.parent.subscription_details.subscription)!
    if (subscription.latest_invoice === invoice.id) subscription.pending_update = null
    return invoice
  }

  /** What the payer's form does with a card that is charged later. */
  confirmSetup(setup: SetupIntent, card: string): SetupIntent {
    setup.status = 'succeeded'
    this.customers.get(setup.customer)!.card = card
    return setup
  }

  createSchedule(subscription: Subscription): Schedule {
    const what = { subscription: subscription.id, status: 'active' as const, next: null }
    const schedule = this.keep<Schedule>(this.schedules, {
      ...this.object('sub_sched', 'subscription_schedule'),
      ...what,
    })
    subscription.schedule = schedule.id
    return schedule
  }

  release(schedule: Schedule): Schedule {
    schedule.status = 'released'
    this.subscriptions.get(schedule.subscription)!.schedule = null
    return schedule
  }

  private createSetup({ id: customer }: Customer): SetupIntent {
    const object = this.object('seti', 'setup_intent')
    const secret = `${object.id}_secret_${this.nextId('cs')}`
    const status = 'requires_payment_method' as const
    return this.keep<SetupIntent>(this.setups, { ...object, status, client_secret: secret, customer })
  }

  private pay(intent: PaymentIntent): void {
    const { id, amount, currency } = intent
    const fee = feeFixedMinor + Math.round((amount * feeThousandths) / 1_000)
    const charge = this.keep<Charge>(this.charges, {
      ...this.object('ch', 'charge'),
      amount,
      amount_refunded: 0,
      currency,
      payment_intent: id,
      disputed: false,
      refunded: false,
      balance_transaction: { id: this.nextId('txn'), object: 'balance_transaction', fee },
    })
    Object.assign(intent, { status: 'succeeded', amount_received: amount, latest_charge: charge.id, next_action: null })
    this.tell('payment_intent.succeeded', intent)
    const invoice = intent.invoice === null ? undefined : this.invoices.get(intent.invoice)
    if (invoice === undefined) return
    Object.assign(invoice, { status: 'paid', amount_paid: amount, next_payment_attempt: null })
    invoice.attempt_count += 1
    this.tell('invoice.paid', invoice)
    const subscription = this.subscriptions.get(invoice.parent.subscription_details.subscription)!
    if (subscription.ended_at !== null) return
    if (invoice.billing_reason === 'subscription_update') becomeAsPaid(subscription)
    else subscription.status = 'active'
    this.tell('customer.subscription.updated', subscription)
  }

  private decline(intent: PaymentIntent, error: CardError): Result<PaymentIntent, CardError> {
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error, next_action: null })
    this.tell('payment_intent.payment_failed', intent)
    const invoice = intent.invoice === null ? undefined : this.invoices.get(intent.invoice)
    if (invoice !== undefined) {
      invoice.attempt_count += 1
      this.tell('invoice.payment_failed', invoice)
    }
    return err(error)
  }

  private invoiceOf(
    subscription: Subscription,
    reason: Invoice['billing_reason'],
    lines: readonly InvoiceLine[],
  ): Invoice {
    const [{ price }] = subscription.items.data
    const amount = lines.reduce((total, line) => total + line.amount, 0)
    const object = this.object('in', 'invoice')
    const paid = { customer: subscription.customer, invoice: object.id }
    const intent = this.createIntent(amount, price.currency, paid)
    const invoice = draftInvoice(object, subscription, { reason, lines, amount, intent: intent.id })
    subscription.latest_invoice = invoice.id
    return this.keep(this.invoices, invoice)
  }

  private nextDue(end: number): { readonly at: number; readonly work: () => void } | undefined {
    const page = this.sessions.nextDue()
    let first = page !== undefined && page.at <= end ? page : undefined
    for (const subscription of this.subscriptions.values()) {
      const due = this.dueOf(subscription)
      if (due !== undefined && due.at <= end && (first === undefined || due.at < first.at)) first = due
    }
    return first
  }

  private dueOf(subscription: Subscription): { readonly at: number; readonly work: () => void } | undefined {
    const [item] = subscription.items.data
    switch (subscription.status) {
      case 'incomplete':
        return {
          at: subscription.created + incompleteSeconds,
          work: () => this.end(subscription, 'incomplete_expired'),
        }
      case 'trialing':
      case 'active':
        return { at: item.current_period_end, work: () => this.renew(subscription) }
      case 'past_due': {
        const invoice = this.invoices.get(subscription.latest_invoice)!
        return { at: invoice.next_payment_attempt ?? this.now, work: () => this.collect(subscription, invoice) }
      }
      default:
        return undefined
    }
  }

  private renew(subscription: Subscription): void {
    const [item] = subscription.items.data
    const hasNoCard = this.customers.get(subscription.customer)?.card === null
    const isUnpaidTrial = subscription.status === 'trialing' && hasNoCard
    if (subscription.cancel_at_period_end || isUnpaidTrial) return this.end(subscription, 'canceled')
    const latest = this.invoices.get(subscription.latest_invoice)
    if (subscription.pending_update !== null && latest !== undefined) this.voidInvoice(latest)
    const schedule = this.schedules.get(subscription.schedule ?? '')
    if (schedule !== undefined) {
      if (schedule.next !== null) become(subscription, schedule.next, item.current_period_end)
      this.release(schedule)
    }
    const { billing_cycle_anchor: anchor } = subscription
    let period = 1
    while (periodEnd(anchor, item.price.recurring.interval_count * period) <= item.current_period_end) period += 1
    item.current_period_start = item.current_period_end
    item.current_period_end = periodEnd(anchor, item.price.recurring.interval_count * period)
    this.collect(subscription, this.invoiceOf(subscription, 'subscription_cycle', wholePeriod(item)))
  }

  /** Charges the card that is on file. A bank that asks a question gets no answer: the payer is not there. */
  private collect(subscription: Subscription, invoice: Invoice): void {
    const intent = this.intents.get(invoice.payments.data[0]!.payment.payment_intent)!
    const card = this.customers.get(subscription.customer)?.card ?? 'pm_card_chargeDeclined'
    const behaviour = testCards[card]
    if (behaviour === 'pay') return void this.confirm(intent, card)
    const declined = typeof behaviour === 'object' ? behaviour : testCards['pm_card_chargeDeclined']
    this.decline(intent, declined as CardError)
    const waitDays = retryDays[invoice.attempt_count - 1]
    if (waitDays === undefined) return this.end(subscription, 'canceled')
    invoice.next_payment_attempt = this.now + waitDays * daySeconds
    subscription.status = 'past_due'
    this.tell('customer.subscription.updated', subscription)
  }

  private end(subscription: Subscription, status: 'canceled' | 'incomplete_expired'): void {
    subscription.status = status
    subscription.ended_at = this.now
    subscription.canceled_at ??= this.now
    const invoice = this.invoices.get(subscription.latest_invoice)
    if (invoice?.status === 'open') invoice.status = 'void'
    this.tell(status === 'canceled' ? 'customer.subscription.deleted' : 'customer.subscription.updated', subscription)
  }

  tell(type: string, about: StripeObject): void {
    this.events.push({
      ...this.object('evt', 'event'),
      api_version: apiVersion,
      type,
      pending_webhooks: 1,
      request: null,
      data: { object: structuredClone(about) },
    })
  }

  private keep<Kept extends StripeObject>(all: Map<string, Kept>, object: Kept): Kept {
    all.set(object.id, object)
    return object
  }

  object<Name extends string>(prefix: string, object: Name) {
    return { id: this.nextId(prefix), object, created: this.now, livemode: false as const }
  }

  private nextId(prefix: string): string {
    this.count += 1
    return `${prefix}_${this.mark}${this.count}`
  }
}
