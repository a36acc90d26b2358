/**
 * Stripe's hosted pages: opened, paid or given up on the page, expired after a day. Called by the API, the page and the clock.
 * Must never begin a subscription before its payer has paid or left a card.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import {
  testCards,
  type CardError,
  type CheckoutSession,
  type Customer,
  type Invoice,
  type Metadata,
  type PaymentIntent,
  type Price,
  type SetupIntent,
  type StripeObject,
  type Subscription,
} from './stripe-objects.wire.ts'

/** As long as a page is open that says nothing else. */
const openSeconds = 86_400
const secondMs = 1_000

export interface NewSession {
  readonly customer: Customer
  /** What is begun to be paid; undefined where it is paid once. */
  readonly price: Price | undefined
  readonly amount: number
  readonly currency: string
  readonly description: string
  readonly reference: string | null
  readonly metadata: Metadata
  /** Of the subscription or the payment that comes of it. */
  readonly innerMetadata: Metadata
  readonly trialEnd: number | null
  readonly successUrl: string
  readonly cancelUrl: string | null
  readonly pageUrl: string
}

/** What becomes of a page that is paid, and how it is told. */
interface Books {
  readonly intents: ReadonlyMap<string, PaymentIntent>
  readonly setups: ReadonlyMap<string, SetupIntent>
  readonly invoices: ReadonlyMap<string, Invoice>
  object<Name extends string>(prefix: string, object: Name): StripeObject & { readonly object: Name }
  tell(type: string, about: StripeObject): void
  createIntent(amount: number, currency: string, more: IntentTerms): PaymentIntent
  confirm(intent: PaymentIntent, card: string, proven: boolean): Result<PaymentIntent, CardError>
  createSubscription(customer: Customer, price: Price, metadata: Metadata, trialEnd: number | null): Subscription
  confirmSetup(setup: SetupIntent, card: string): SetupIntent
}

interface IntentTerms {
  readonly customer: string
  readonly description: string
  readonly metadata: Metadata
}

export class StripeSessions {
  readonly all = new Map<string, CheckoutSession>()
  private readonly wishes = new Map<string, NewSession>()
  private readonly books: Books

  constructor(books: Books) {
    this.books = books
  }

  create(wish: NewSession): CheckoutSession {
    const object = this.books.object('cs_test', 'checkout.session')
    const session: CheckoutSession = {
      ...object,
      mode: wish.price === undefined ? 'payment' : 'subscription',
      status: 'open',
      payment_status: 'unpaid',
      customer: wish.customer.id,
      client_reference_id: wish.reference,
      metadata: wish.metadata,
      amount_total: wish.trialEnd === null ? wish.amount : 0,
      currency: wish.currency,
      subscription: null,
      payment_intent: null,
      invoice: null,
      expires_at: object.created + openSeconds,
      success_url: wish.successUrl,
      cancel_url: wish.cancelUrl,
      url: `${wish.pageUrl}${object.id}`,
    }
    this.all.set(session.id, session)
    this.wishes.set(session.id, wish)
    return session
  }

  wishOf({ id }: CheckoutSession): NewSession {
    return this.wishes.get(id)!
  }

  /** What the page does with a card. `proven`: the payer has passed the bank's question. Undefined when the page is closed. */
  pay(session: CheckoutSession, card: string, proven = false): Result<'paid' | 'asked', CardError> | undefined {
    if (session.status !== 'open') return undefined
    const wish = this.wishOf(session)
    return wish.price === undefined
      ? this.payOnce(session, wish, { card, proven })
      : this.subscribe(session, { ...wish, price: wish.price }, { card, proven })
  }

  expire(session: CheckoutSession): CheckoutSession | undefined {
    if (session.status !== 'open') return undefined
    Object.assign(session, { status: 'expired', url: null })
    this.books.tell('checkout.session.expired', session)
    return session
  }

  /** The page that is given up next, and when. */
  nextDue(): { readonly at: number; readonly work: () => void } | undefined {
    const open = [...this.all.values()].filter(({ status }) => status === 'open')
    const first = open.toSorted((left, right) => left.expires_at - right.expires_at)[0]
    return first && { at: first.expires_at, work: () => void this.expire(first) }
  }

  private payOnce(
    session: CheckoutSession,
    wish: NewSession,
    { card, proven }: Payment,
  ): Result<'paid' | 'asked', CardError> {
    const { customer, description, innerMetadata: metadata, amount, currency } = wish
    const intent =
      this.books.intents.get(session.payment_intent ?? '') ??
      this.books.createIntent(amount, currency, { customer: customer.id, description, metadata })
    session.payment_intent = intent.id
    const confirmed = this.books.confirm(intent, card, proven)
    if (!confirmed.ok) return confirmed
    if (intent.status !== 'succeeded') return ok('asked')
    return ok(this.complete(session, { payment_status: 'paid' }))
  }

  private subscribe(
    session: CheckoutSession,
    { customer, price, innerMetadata, trialEnd }: NewSession & { readonly price: Price },
    { card, proven }: Payment,
  ): Result<'paid' | 'asked', CardError> {
    const behaviour = testCards[card] ?? testCards['pm_card_chargeDeclined']!
    if (typeof behaviour === 'object') return err(behaviour)
    if (behaviour === 'act' && !proven) return ok('asked')
    const subscription = this.books.createSubscription(customer, price, innerMetadata, trialEnd)
    if (trialEnd !== null) {
      this.books.confirmSetup(this.books.setups.get(subscription.pending_setup_intent!)!, card)
      return ok(this.complete(session, { payment_status: 'no_payment_required', subscription: subscription.id }))
    }
    const invoice = this.books.invoices.get(subscription.latest_invoice)!
    this.books.confirm(this.books.intents.get(invoice.payments.data[0]!.payment.payment_intent)!, card, proven)
    return ok(this.complete(session, { payment_status: 'paid', subscription: subscription.id, invoice: invoice.id }))
  }

  private complete(session: CheckoutSession, outcome: Partial<CheckoutSession>): 'paid' {
    Object.assign(session, { status: 'complete', url: null, ...outcome })
    this.books.tell('checkout.session.completed', session)
    return 'paid'
  }
}

interface Payment {
  readonly card: string
  readonly proven: boolean
}

/** In the seconds of Stripe. */
export function daysFrom(time: Date, days: number): number {
  return Math.floor(time.getTime() / secondMs) + days * openSeconds
}
