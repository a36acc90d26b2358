/**
 * Billing at all of its providers, each simulated over sockets, for what no honest payer or provider sends and for what is sent
 * many times; and a picture of all that would show that something came of it. Called by the specs of bad input and of equal
 * requests. Must never run work by itself: the spec says when.
 */
import { createHmac } from 'node:crypto'
import { billingService } from '@tradewire/billing/service'
import { BillingJob } from '@tradewire/billing/transport/cron/billing.job'
import { LearnFacts } from '@tradewire/billing/use-cases/learn-facts/learn-facts.use-case'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import { getPayment } from '@tradewire/contracts/rpc/billing/payments'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { Database } from '@tradewire/database/database'
import { type Id, timedUuidOf } from '@tradewire/kernel/ids'
import { MayarServer } from '@tradewire/paper/surfaces/mayar/mayar.controller'
import { RazorpayServer, simulatedKey } from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { StripeServer } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import Fastify from 'fastify'
import { request } from 'undici'
import { knowStrategy } from '@tradewire/simulator/billing/world/billing-host'
import { type SimulatedProvider, simulatedProviders } from '@tradewire/simulator/billing/crowd/payers'

const secret = 'whsec_of_bad_input'
const pathToken = 'unguessable-in-bad-input'
const json = { 'content-type': 'application/json' }
const secondMs = 1_000
const card = 'card_success'
const settings = {
  BILLING_PROVIDERS: simulatedProviders.join(','),
  BILLING_STRIPE_SECRET_KEY: 'sk_test_bad_input',
  BILLING_STRIPE_WEBHOOK_SECRETS: secret,
  BILLING_RAZORPAY_KEY_ID: simulatedKey.id,
  BILLING_RAZORPAY_KEY_SECRET: simulatedKey.secret,
  BILLING_RAZORPAY_WEBHOOK_SECRETS: secret,
  BILLING_MAYAR_API_KEY: 'key-of-bad-input',
  BILLING_MAYAR_PATH_TOKEN: pathToken,
  LOG_LEVEL: 'silent',
}

export const { ownerId, strategyId } = strategyChanged.example
export const operator = { userId: ownerId, roles: ['operator' as const] }
export const nobody = '01963a5e-0000-7000-8000-0000000000ff'

export interface Opened {
  readonly caller: { readonly userId: Id<'User'>; readonly roles: 'follower'[] }
  readonly intent: ReplyOf<typeof beginSubscription>
}

export interface Delivery {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** Under which it would be stored. */
  readonly eventId: string
  /** The end of the address, where its provider signs nothing. */
  readonly path?: string
}

export class PaymentDesk {
  readonly backends = testBackends()
  private readonly clock = new ManualClock('2026-01-31T12:00:00.000Z')
  readonly stripe = new StripeServer(this.clock)
  readonly razorpay = new RazorpayServer(this.clock)
  readonly mayar = new MayarServer(this.clock)
  private started: TestService | undefined
  /** No provider answers before. */
  private answers: Promise<void> = Promise.resolve()
  private payers = 0
  private told = 0

  get client(): RpcClient {
    return this.billing.app.get(RpcClient)
  }

  private get billing(): TestService {
    if (this.started === undefined) throw new Error('start the desk first')
    return this.started
  }

  /** For beforeAll. Requests are answered by either of two processes when `twice`; nothing runs by itself in the second. */
  async start({ twice = false } = {}): Promise<void> {
    const http = Fastify()
    http.addHook('onRequest', () => this.answers)
    for (const provider of [this.stripe, this.razorpay, this.mayar]) await provider.register(http, () => true)
    const url = await http.listen({ host: '127.0.0.1', port: 0 })
    this.backends.onStop(() => http.close())
    const addresses = {
      BILLING_STRIPE_API_URL: url,
      BILLING_RAZORPAY_API_URL: `${url}/razorpay/v1`,
      BILLING_MAYAR_API_URL: `${url}/mayar/hl/v1`,
    }
    const options = { settings: { ...settings, ...addresses }, clock: this.clock }
    this.started = await startTestService(billingService, this.backends, options)
    const second = twice ? [await startTestService(billingService, this.backends, options)] : []
    for (const { app } of [this.billing, ...second]) await app.get(BillingJob).onApplicationShutdown()
    await knowStrategy(this.billing.app.get(Database), this.billing.app.get(LearnFacts))
    const terms = { cycle: 'monthly' as const, trialDays: 0 }
    const prices = [
      { ...terms, currency: 'USD', amount: '40' },
      { ...terms, currency: 'IDR', amount: '150000' },
    ]
    await this.client.ask(setStrategyPrices, { caller: operator, strategyId, prices })
  }

  /** No provider answers until the work has ended. */
  async whileUnanswered(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.answers = promise
    try {
      await work()
    } finally {
      resolve()
    }
  }

  /** A subscription that waits for its first payment. */
  async open(provider: SimulatedProvider): Promise<Opened> {
    this.payers += 1
    const userId = timedUuidOf(nobody, `payer ${this.payers}`) as Id<'User'>
    const caller = { userId, roles: ['follower' as const] }
    const currency = provider === 'mayar' ? 'IDR' : 'USD'
    const subject = { kind: 'strategy' as const, id: strategyId }
    const subscription = { subject, provider, currency, cycle: 'monthly' as const }
    const begun = await this.client.ask(beginSubscription, { caller, subscription })
    if (!begun.ok) throw new Error(`${begun.error.code} ${JSON.stringify(begun.error.context)}`)
    return { caller, intent: begun.value }
  }

  /** All that would show that something was granted, booked or told. */
  async picture(): Promise<unknown> {
    const asked = [
      'select id, progress, status, facts, surplus from billing.payment order by id',
      'select id, standing, paid_through, served_until from billing.subscription order by id',
      'select journal_id, line, account, minor from billing.entry order by journal_id, line',
      'select number from billing.invoice order by number',
      'select currency, cycle, minor from billing.price order by currency, cycle',
      'select subject, body from billing.outbox order by id',
    ]
    const shown = []
    for (const sql of asked) shown.push(await this.backends.query(sql))
    return shown
  }

  /** Answers the status; what was stored has been worked on. */
  async deliver(provider: SimulatedProvider, { body, headers, path }: Delivery): Promise<number> {
    const url = `${this.billing.url}/v1/webhook/payments/${provider}${path === undefined ? '' : `/${path}`}`
    const answer = await request(url, { method: 'POST', headers, body })
    await answer.body.dump()
    await this.billing.app.get(RunBilling).execute('events')
    return answer.statusCode
  }

  stripeEvent(object: object, over: object = {}): Pick<Delivery, 'body' | 'eventId'> {
    const eventId = this.nextId()
    const event = { id: eventId, object: 'event', type: 'payment_intent.succeeded', livemode: false, data: { object } }
    return { body: JSON.stringify({ ...event, ...over }), eventId }
  }

  signedByStripe(
    { body, eventId }: Pick<Delivery, 'body' | 'eventId'>,
    { by = secret, secondsAgo = 0 } = {},
  ): Delivery {
    const seconds = Math.floor(this.clock.now().getTime() / secondMs) - secondsAgo
    const headers = { ...json, 'stripe-signature': `t=${seconds},v1=${hmac(`${seconds}.${body}`, by)}` }
    return { body, headers, eventId }
  }

  razorpayEvent(payload: object, event = 'payment.captured'): Pick<Delivery, 'body' | 'eventId'> {
    return { body: JSON.stringify({ entity: 'event', event, payload }), eventId: this.nextId() }
  }

  signedByRazorpay({ body, eventId }: Pick<Delivery, 'body' | 'eventId'>, by = secret): Delivery {
    const headers = { ...json, 'x-razorpay-signature': hmac(body, by), 'x-razorpay-event-id': eventId }
    return { body, headers, eventId }
  }

  mayarEvent(data: object, event = 'payment.received'): Delivery {
    const transactionId = this.nextId()
    const body = JSON.stringify({ event, data: { id: transactionId, transactionId, ...data } })
    return { body, headers: json, eventId: `${event} ${transactionId}`, path: pathToken }
  }

  /** Of its open payment when nothing else is named. */
  async tellByStripe(object?: object, over?: object): Promise<Delivery> {
    return this.signedByStripe(this.stripeEvent(object ?? { id: this.intentOf(await this.open('stripe')).id }, over))
  }

  tellByRazorpay(payload: object, event?: string): Delivery {
    return this.signedByRazorpay(this.razorpayEvent(payload, event))
  }

  /** Paid at Stripe, and not as it was asked for. */
  async paidOtherwise(otherwise: object): Promise<Delivery> {
    const intent = this.intentOf(await this.open('stripe'))
    this.stripe.books.confirm(intent, 'pm_card_visa')
    Object.assign(intent, otherwise)
    return this.tellByStripe({ id: intent.id })
  }

  async chargedOtherwise(ofOrder: object, ofPayment: object): Promise<Delivery> {
    const { books } = this.razorpay
    const payment = books.authorise(this.subscriptionOf(await this.open('razorpay')), card)!
    Object.assign(books.orders.get(payment.order_id)!, ofOrder)
    Object.assign(payment, ofPayment)
    return this.tellByRazorpay({ payment: { entity: { id: payment.id } } })
  }

  async invoicedOtherwise(amount: number): Promise<Delivery> {
    const productId = this.invoiceOf(await this.open('mayar'))
    Object.assign(this.mayar.pay(productId)!, { amount })
    return this.mayarEvent({ productId })
  }

  /** One that was taken in before, and granted what it tells of. */
  async takenBefore(provider: 'stripe' | 'razorpay' | 'mayar'): Promise<Delivery> {
    const opened = await this.open(provider)
    const delivery = await this.tellOfPayment(provider, opened)
    await this.deliver(provider, delivery)
    const asked = { caller: opened.caller, paymentId: opened.intent.paymentId }
    const shown = await this.client.ask(getPayment, asked)
    if (!shown.ok || shown.value.status !== 'succeeded') throw new Error(`a payment at ${provider} was not taken in`)
    return delivery
  }

  intentOf({ intent }: Opened) {
    return this.stripe.books.intents.get(intent.clientSecret?.split('_secret_')[0] ?? '')!
  }

  invoiceOf({ intent }: Opened): string {
    return intent.paymentUrl?.split('/').at(-1) ?? ''
  }

  subscriptionOf({ intent }: Opened) {
    return this.razorpay.books.subscriptions.get(intent.clientSecret ?? '')!
  }

  /** Paid, and the delivery that tells of it. */
  async tellOfPayment(provider: 'stripe' | 'razorpay' | 'mayar', opened: Opened): Promise<Delivery> {
    if (provider === 'stripe') {
      this.stripe.books.confirm(this.intentOf(opened), 'pm_card_visa')
      return this.tellByStripe({ id: this.intentOf(opened).id })
    }
    if (provider === 'razorpay') {
      const { id } = this.payAtRazorpay(opened)
      return this.tellByRazorpay({ payment: { entity: { id } } })
    }
    this.mayar.pay(this.invoiceOf(opened))
    return this.mayarEvent({ productId: this.invoiceOf(opened) })
  }

  /** A purchase has an order there, a subscription makes its own. */
  private payAtRazorpay(opened: Opened) {
    const { books } = this.razorpay
    const order = books.orders.get(opened.intent.clientSecret ?? '')
    const paid = order === undefined ? books.authorise(this.subscriptionOf(opened), card) : books.payOrder(order, card)
    return paid!
  }

  private nextId(): string {
    this.told += 1
    return `evt_bad_${this.told}`
  }
}

function hmac(text: string, by: string): string {
  return createHmac('sha256', by).update(text).digest('hex')
}
