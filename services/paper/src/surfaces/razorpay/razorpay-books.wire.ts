/**
 * Razorpay's side of the books, in memory and on a clock of its own: orders, payments by test cards, subscriptions that renew,
 * refunds, disputes, and the events that tell of them. Called by its API, its control routes and simulations.
 * Must never be asked for money.
 */
import { periodEnd } from '#surfaces/payments/periods.wire'
import {
  testCards,
  type Dispute,
  type Invoice,
  type Notes,
  type Order,
  type Payment,
  type Plan,
  type RazorpayEntity,
  type RazorpayEvent,
  type Refund,
  type Subscription,
} from './razorpay-objects.wire.ts'

const secondMs = 1_000
const daySeconds = 86_400
/** After a renewal fails it is tried again on each of the next days; then the subscription is halted. */
const retriesMax = 3
const feePerMille = 20
const taxPerMille = 180

export interface NewOrder {
  readonly amount: number
  readonly currency: string
  readonly receipt: string | null
  readonly notes: Notes
}

export class RazorpayBooks {
  readonly orders = new Map<string, Order>()
  readonly payments = new Map<string, Payment>()
  readonly plans = new Map<string, Plan>()
  readonly subscriptions = new Map<string, Subscription>()
  readonly invoices = new Map<string, Invoice>()
  readonly refunds = new Map<string, Refund>()
  readonly disputes = new Map<string, Dispute>()
  readonly events: RazorpayEvent[] = []
  private readonly mark: string
  private now: number
  private count = 0

  /** `mark` keeps the ids of two lives of the simulator apart. */
  constructor(mark: string, startsAt: Date) {
    this.mark = mark
    this.now = Math.floor(startsAt.getTime() / secondMs)
  }

  get time(): Date {
    return new Date(this.now * secondMs)
  }

  /** Charges, tries again and ends what comes due until then, in its order. */
  advanceTo(time: Date): void {
    const end = Math.floor(time.getTime() / secondMs)
    for (;;) {
      let next: Subscription | undefined
      for (const one of this.subscriptions.values()) {
        if (one.charge_at !== null && one.charge_at <= end && one.charge_at < (next?.charge_at ?? Infinity)) next = one
      }
      if (next === undefined) break
      this.now = Math.max(this.now, next.charge_at!)
      this.comeDue(next)
    }
    this.now = Math.max(this.now, end)
  }

  createOrder({ amount, currency, receipt, notes }: NewOrder): Order {
    const money = { amount, amount_paid: 0, amount_due: amount, currency }
    const fresh = { ...money, receipt, status: 'created' as const, attempts: 0, notes }
    return this.keep(this.orders, { ...this.object('order', 'order'), ...fresh })
  }

  createPlan(interval: number, item: Plan['item'], notes: Notes): Plan {
    return this.keep(this.plans, { ...this.object('plan', 'plan'), period: 'monthly', interval, item, notes })
  }

  /** One that starts later is charged for the first time then. */
  createSubscription(plan: Plan, totalCount: number, notes: Notes, startAt: number | null = null): Subscription {
    const object = this.object('sub', 'subscription')
    return this.keep<Subscription>(this.subscriptions, {
      ...object,
      plan_id: plan.id,
      status: 'created',
      start_at: startAt,
      current_start: null,
      current_end: null,
      charge_at: null,
      ended_at: null,
      total_count: totalCount,
      paid_count: 0,
      remaining_count: String(totalCount),
      notes,
      short_url: `https://rzp.test/i/${object.id}`,
      card: null,
      attempts: 0,
      endsWithCycle: false,
      has_scheduled_changes: false,
      nextPlan: null,
    })
  }

  /** What the payer's form does with a card. `proven`: the payer has passed the bank's question. */
  payOrder(order: Order, card: string, proven = false): Payment {
    return this.attempt(order, null, card, proven)
  }

  /** The payer allows charges from now on; the first is made at once. */
  authorise(subscription: Subscription, card: string, proven = false): Payment | undefined {
    if (subscription.ended_at !== null || subscription.paid_count > 0) return undefined
    subscription.card = card
    if (subscription.start_at !== null && subscription.start_at > this.now) return this.authenticate(subscription)
    const invoice = this.openInvoice(subscription) ?? this.issue(subscription, this.now)
    return this.charge(subscription, invoice, proven)
  }

  private authenticate(subscription: Subscription): undefined {
    Object.assign(subscription, { status: 'authenticated', charge_at: subscription.start_at })
    this.tell('subscription.authenticated', { subscription })
    return undefined
  }

  /** The payer names another card; what is open is charged to it. */
  changeCard(subscription: Subscription, card: string): Subscription {
    subscription.card = card
    const invoice = this.openInvoice(subscription)
    const isOpen = subscription.status === 'pending' || subscription.status === 'halted'
    if (isOpen && invoice !== undefined) this.charge(subscription, invoice)
    return subscription
  }

  refund(payment: Payment, amount: number, notes: Notes): Refund | undefined {
    if (!payment.captured || amount < 1 || payment.amount_refunded + amount > payment.amount) return undefined
    payment.amount_refunded += amount
    if (payment.amount_refunded === payment.amount) payment.status = 'refunded'
    const { id: paymentId, currency } = payment
    const what = { amount, currency, payment_id: paymentId, notes, status: 'processed' as const }
    const refund = this.keep<Refund>(this.refunds, { ...this.object('rfnd', 'refund'), ...what })
    this.tell('refund.processed', { refund, payment })
    return refund
  }

  dispute(payment: Payment): Dispute | undefined {
    const isDisputed = [...this.disputes.values()].some((one) => one.payment_id === payment.id)
    if (!payment.captured || isDisputed || payment.amount_refunded > 0) return undefined
    const { id: paymentId, amount, currency } = payment
    const what = { payment_id: paymentId, amount, currency, amount_deducted: amount }
    const standing = { phase: 'chargeback' as const, status: 'open' as const }
    const dispute = this.keep<Dispute>(this.disputes, { ...this.object('disp', 'dispute'), ...what, ...standing })
    this.tell('payment.dispute.created', { payment, dispute })
    return dispute
  }

  closeDispute(dispute: Dispute, status: 'won' | 'lost'): void {
    if (dispute.status !== 'open') return
    dispute.status = status
    this.tell(`payment.dispute.${status}`, { payment: this.payments.get(dispute.payment_id)!, dispute })
  }

  /** Undefined for one that cannot end with a cycle because none has begun. */
  cancel(subscription: Subscription, atCycleEnd: boolean): Subscription | undefined {
    if (subscription.ended_at !== null) return undefined
    if (!atCycleEnd) {
      this.end(subscription, 'cancelled')
      return subscription
    }
    if (subscription.current_end === null) return undefined
    subscription.endsWithCycle = true
    subscription.charge_at = subscription.current_end
    return subscription
  }

  /** From its next cycle on; null takes that back. Undefined for one that does not run. */
  changeNextCycle(subscription: Subscription, plan: Plan | null): Subscription | undefined {
    if (subscription.status !== 'active' && subscription.status !== 'authenticated') return undefined
    return Object.assign(subscription, { nextPlan: plan?.id ?? null, has_scheduled_changes: plan !== null })
  }

  private comeDue(subscription: Subscription): void {
    if (subscription.endsWithCycle) return this.end(subscription, 'cancelled')
    if (subscription.paid_count >= subscription.total_count) return this.end(subscription, 'completed')
    const invoice =
      this.openInvoice(subscription) ?? this.issue(subscription, subscription.current_end ?? subscription.start_at!)
    this.charge(subscription, invoice)
  }

  /** A bank that asks a question gets no answer from a payer who is not there. */
  private charge(subscription: Subscription, invoice: Invoice, proven = false): Payment {
    const order = this.orders.get(invoice.order_id)!
    // The payer is there for the first charge, unless it was put off.
    const isFirst = subscription.paid_count === 0 && subscription.status === 'created'
    const payment = this.attempt(order, invoice, subscription.card ?? 'card_declined', proven || !isFirst)
    if (payment.status === 'captured') this.paid(subscription, invoice, payment)
    else if (!isFirst) this.unpaid(subscription, payment)
    return payment
  }

  private paid(subscription: Subscription, invoice: Invoice, payment: Payment): void {
    const isFirst = subscription.status === 'created'
    subscription.paid_count += 1
    subscription.remaining_count = String(subscription.total_count - subscription.paid_count)
    Object.assign(invoice, { status: 'paid', payment_id: payment.id })
    const { billing_start: start, billing_end: end } = invoice
    Object.assign(subscription, { current_start: start, current_end: end, charge_at: end, attempts: 0 })
    subscription.start_at ??= start
    if (isFirst) {
      subscription.status = 'authenticated'
      this.tell('subscription.authenticated', { subscription })
    }
    const wasActive = subscription.status === 'active'
    subscription.status = 'active'
    if (!wasActive) this.tell('subscription.activated', { subscription })
    this.tell('subscription.charged', { subscription, payment })
  }

  private unpaid(subscription: Subscription, payment: Payment): void {
    subscription.attempts += 1
    const isLast = subscription.attempts > retriesMax
    subscription.status = isLast ? 'halted' : 'pending'
    subscription.charge_at = isLast ? null : this.now + daySeconds
    this.tell(isLast ? 'subscription.halted' : 'subscription.pending', { subscription, payment })
  }

  private attempt(order: Order, invoice: Invoice | null, card: string, proven: boolean): Payment {
    const waiting = [...this.payments.values()].find((one) => one.order_id === order.id && one.status === 'created')
    if (order.status === 'paid') return [...this.payments.values()].find((one) => one.order_id === order.id)!
    const payment = waiting ?? this.newPayment(order, invoice)
    order.attempts += 1
    order.status = 'attempted'
    const behaviour = testCards[card] ?? 'decline'
    if (behaviour === 'act' && !proven) return payment
    if (behaviour === 'decline') {
      Object.assign(payment, { status: 'failed', error_code: 'BAD_REQUEST_ERROR', error_reason: 'payment_failed' })
      // tidy-allow no-subject-literals: Razorpay's event has the name of one of ours.
      this.tell('payment.failed', { payment })
      return payment
    }
    payment.status = 'authorized'
    this.tell('payment.authorized', { payment })
    const fee = Math.round((payment.amount * feePerMille) / 1_000)
    const tax = Math.round((fee * taxPerMille) / 1_000)
    Object.assign(payment, { status: 'captured', captured: true, fee: fee + tax, tax })
    Object.assign(order, { status: 'paid', amount_paid: order.amount, amount_due: 0 })
    this.tell('payment.captured', { payment })
    this.tell('order.paid', { payment, order })
    return payment
  }

  private newPayment({ id, amount, currency, notes }: Order, invoice: Invoice | null): Payment {
    return this.keep<Payment>(this.payments, {
      ...this.object('pay', 'payment'),
      amount,
      currency,
      status: 'created',
      order_id: id,
      invoice_id: invoice?.id ?? null,
      amount_refunded: 0,
      captured: false,
      fee: null,
      tax: null,
      error_code: null,
      error_reason: null,
      notes,
    })
  }

  private issue(subscription: Subscription, start: number): Invoice {
    if (subscription.nextPlan !== null) {
      Object.assign(subscription, { plan_id: subscription.nextPlan, nextPlan: null, has_scheduled_changes: false })
    }
    const plan = this.plans.get(subscription.plan_id)!
    const { amount, currency } = plan.item
    const order = this.createOrder({ amount, currency, receipt: null, notes: {} })
    const anchor = subscription.start_at ?? start
    const end = periodEnd(anchor, plan.interval * (subscription.paid_count + 1))
    return this.keep<Invoice>(this.invoices, {
      ...this.object('inv', 'invoice'),
      order_id: order.id,
      subscription_id: subscription.id,
      payment_id: null,
      status: 'issued',
      amount,
      currency,
      billing_start: start,
      billing_end: end,
    })
  }

  private openInvoice({ id }: Subscription): Invoice | undefined {
    return [...this.invoices.values()].find((one) => one.subscription_id === id && one.status === 'issued')
  }

  private end(subscription: Subscription, status: 'cancelled' | 'completed'): void {
    Object.assign(subscription, { status, ended_at: this.now, charge_at: null })
    this.tell(`subscription.${status}`, { subscription })
  }

  private tell(event: string, about: Readonly<Record<string, RazorpayEntity>>): void {
    const payload = Object.entries(about).map(([name, entity]) => [name, { entity: structuredClone(entity) }])
    this.events.push({
      id: this.nextId('evt'),
      entity: 'event',
      account_id: 'acc_simulated',
      event,
      contains: Object.keys(about),
      payload: Object.fromEntries(payload) as RazorpayEvent['payload'],
      created_at: this.now,
    })
  }

  private keep<Kept extends RazorpayEntity>(all: Map<string, Kept>, entity: Kept): Kept {
    all.set(entity.id, entity)
    return entity
  }

  private object<Name extends string>(prefix: string, entity: Name) {
    return { id: this.nextId(prefix), entity, created_at: this.now }
  }

  private nextId(prefix: string): string {
    this.count += 1
    return `${prefix}_${this.mark}${this.count}`
  }
}
