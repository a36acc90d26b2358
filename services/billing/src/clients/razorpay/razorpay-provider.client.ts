/**
 * Razorpay, over its REST API: its own package cannot be pointed elsewhere. Called through the PaymentProvider port.
 * Must never believe a delivery without asking, nor open a second order or subscription for one payment of ours.
 */
import { createHash, createHmac } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { BillingConfig } from '../../config.ts'
import type { AskedOnce } from '../../domain/payments/asked-once.ts'
import { monthsOf } from '../../domain/subscriptions/billing-cycle.ts'
import type { Money } from '../../domain/money/money.ts'
import { isSameText } from '../../domain/payments/proof.ts'
import type { ChangeTerms } from '../../domain/subscriptions/subscription-change.ts'
import {
  PaymentProvider,
  type Checkout,
  type HeardEvent,
  type Observation,
  type OpenedCheckout,
  type PayersProof,
  type ProviderChange,
  type ProviderCapabilities,
  type ProviderFailure,
  type ProviderTerms,
  type RawDelivery,
} from '../../ports/payment-provider.port.ts'
import { JsonApi } from '../json-api.client.ts'
import { RazorpayReader } from './razorpay-reader.client.ts'
import { dateOf, toSubscriptionObservation } from './razorpay.map.ts'
import * as wire from './razorpay.wire.ts'

/** It wants to know how often it will charge; nothing says "until it is ended". */
const chargedForMonths = 120
const secondMs = 1_000

@Injectable()
export class RazorpayProvider extends PaymentProvider {
  readonly code = 'razorpay'
  readonly capabilities: ProviderCapabilities = {
    // Those that it counts in hundredths, as ISO 4217 does.
    currencies: ['INR', 'USD', 'EUR', 'GBP', 'AUD', 'CAD', 'CHF', 'HKD', 'SGD', 'MYR'],
    renewals: 'provider',
    refunds: 'partial',
    checkouts: ['form'],
    upgrades: 'payment',
    // What it makes of a plan with another period is not documented.
    changesCycle: false,
  }
  private readonly api: JsonApi
  private readonly reader: RazorpayReader
  private readonly plans = new Map<string, string>()

  constructor(@InjectConfig() private readonly config: BillingConfig) {
    super()
    const key = `${config.razorpayKeyId ?? ''}:${config.razorpayKeySecret ?? ''}`
    const authorization = `Basic ${Buffer.from(key).toString('base64')}`
    this.api = new JsonApi({ url: config.razorpayApiUrl, authorization })
    this.reader = new RazorpayReader(this.api)
  }

  /** The signature has no time in it: that an event is stored once is what makes a replay harmless. */
  hear({ headers, body }: RawDelivery): HeardEvent | undefined {
    const signature = headers['x-razorpay-signature']
    if (typeof signature !== 'string') return undefined
    const isTheirs = this.config.razorpayWebhookSecrets.some((secret) => isSameText(signature, signed(secret, body)))
    const event = isTheirs ? parsedDelivery(body) : undefined
    if (event === undefined) return undefined
    const named = headers['x-razorpay-event-id']
    const eventId = typeof named === 'string' ? named : createHash('sha256').update(body).digest('hex')
    return { eventId, type: event, body: body.toString('utf8') }
  }

  /** Signed under the account's own secret, so that the payer cannot make one up. */
  override hearPayer(proof: PayersProof): HeardEvent | undefined {
    const parsed = wire.payersProof.safeParse(proof)
    const secret = this.config.razorpayKeySecret
    if (!parsed.success || secret === undefined) return undefined
    const {
      razorpay_payment_id: id,
      razorpay_order_id: orderId,
      razorpay_subscription_id: subscriptionId,
      razorpay_signature: signature,
    } = parsed.data
    const text = subscriptionId === undefined ? `${orderId ?? ''}|${id}` : `${id}|${subscriptionId}`
    if (!isSameText(signature, signed(secret, text))) return undefined
    const event = 'payment.proven'
    const payload = { payment: { entity: { id } } }
    return { eventId: `proven ${id}`, type: event, body: JSON.stringify({ event, payload }) }
  }

  observe(event: HeardEvent, asked: AskedOnce): Promise<Result<readonly Observation[], ProviderFailure>> {
    return new RazorpayReader(this.api, asked).observe(event)
  }

  open(checkout: Checkout): Promise<Result<OpenedCheckout, ProviderFailure>> {
    return checkout.recurring === null ? this.openOrder(checkout) : this.openSubscription(checkout, checkout.recurring)
  }

  async refund(orderId: string, amount: Money, reference: string): Promise<Result<HeardEvent, ProviderFailure>> {
    const taken = await this.reader.takenPayment(orderId)
    if (!taken.ok) return taken
    const refunded = await this.api.call({
      method: 'POST',
      path: `/payments/${taken.value.id}/refund`,
      headers: { 'x-refund-idempotency': reference },
      body: { amount: Number(amount.minor), notes: { tradewire_refund: reference } },
      reply: wire.refund,
    })
    if (!refunded.ok) return refunded
    const event = 'refund.created'
    const payload = { payment: { entity: { id: taken.value.id } } }
    return ok({ eventId: `asked ${refunded.value.id}`, type: event, body: JSON.stringify({ event, payload }) })
  }

  async cancel(subscriptionId: string, when: 'now' | 'period-end'): Promise<Result<Date, ProviderFailure>> {
    const cancelled = await this.api.call({
      method: 'POST',
      path: `/subscriptions/${subscriptionId}/cancel`,
      body: { cancel_at_cycle_end: when === 'now' ? 0 : 1 },
      reply: wire.subscription,
    })
    if (!cancelled.ok) return this.endedAlready(subscriptionId, cancelled.error)
    const { ended_at: endedAt, current_end: currentEnd, end_at: endAt } = cancelled.value
    const at = endedAt ?? currentEnd ?? endAt
    return typeof at === 'number' ? ok(dateOf(at)) : err({ kind: 'unknown', detail: 'it does not say when it ends' })
  }

  /** It refuses to end what is over: an answer that was lost may have ended it. */
  private async endedAlready(subscriptionId: string, failure: ProviderFailure): Promise<Result<Date, ProviderFailure>> {
    if (failure.kind !== 'refused') return err(failure)
    const shown = await this.reader.get(`/subscriptions/${subscriptionId}`, wire.subscription)
    if (!shown.ok) return shown
    const { endsAt } = toSubscriptionObservation(shown.value)
    return endsAt === null ? err(failure) : ok(endsAt)
  }

  /** It charges nobody before the next cycle; the same again is the same. */
  override async changeLater(change: ProviderChange): Promise<Result<void, ProviderFailure>> {
    const planId = await this.planOf(change)
    return planId.ok ? this.scheduleChange(change.subscriptionExternalId, planId.value) : planId
  }

  override async charges(terms: ProviderTerms): Promise<Result<boolean, ProviderFailure>> {
    const planId = await this.planOf(terms)
    if (!planId.ok) return planId
    const shown = await this.reader.get(`/subscriptions/${terms.subscriptionExternalId}`, wire.subscription)
    return shown.ok ? ok(shown.value.plan_id === planId.value) : shown
  }

  /** It has one change waiting and no memory of the one before: what was paid for in this cycle is scheduled again. */
  override async takeBackChange(kept: ProviderTerms): Promise<Result<void, ProviderFailure>> {
    const { subscriptionExternalId: id } = kept
    const shown = await this.reader.get(`/subscriptions/${id}`, wire.subscription)
    if (!shown.ok) return shown
    if (shown.value.has_scheduled_changes !== true) return ok(undefined)
    const planId = await this.planOf(kept)
    if (!planId.ok) return planId
    if (shown.value.plan_id !== planId.value) return this.scheduleChange(id, planId.value)
    const path = `/subscriptions/${id}/cancel_scheduled_changes`
    const cancelled = await this.api.call({ method: 'POST', path, body: {}, reply: wire.subscription })
    return cancelled.ok ? ok(undefined) : cancelled
  }

  recent(since: Date): Promise<Result<readonly HeardEvent[], ProviderFailure>> {
    return this.reader.recent(since)
  }

  private async scheduleChange(id: string, planId: string): Promise<Result<void, ProviderFailure>> {
    const body = { plan_id: planId, schedule_change_at: 'cycle_end', customer_notify: 1 }
    const path = `/subscriptions/${id}`
    const changed = await this.api.call({ method: 'PATCH', path, body, reply: wire.subscription })
    return changed.ok ? ok(undefined) : changed
  }

  /** A unique receipt makes a repeated order the same one. */
  private async openOrder({ reference, amount }: Checkout): Promise<Result<OpenedCheckout, ProviderFailure>> {
    const { currency } = amount
    const notes = { [wire.referenceKey]: reference }
    const body = { amount: Number(amount.minor), currency, receipt: reference, unique_receipt: true, notes }
    const created = await this.api.call({
      method: 'POST',
      path: '/orders',
      body: { ...body, payment_capture: true },
      reply: wire.order,
    })
    if (!created.ok) return created
    const { id } = created.value
    return ok({ externalId: id, subscriptionExternalId: null, clientSecret: id, paymentUrl: null })
  }

  /** It knows no idempotency key for these: what an answer that was lost has made is looked for first. */
  private async openSubscription(
    checkout: Checkout,
    recurring: NonNullable<Checkout['recurring']>,
  ): Promise<Result<OpenedCheckout, ProviderFailure>> {
    const planId = await this.planOf({ ...recurring, amount: checkout.amount })
    if (!planId.ok) return planId
    const path = `/subscriptions?plan_id=${planId.value}&`
    const known = await this.reader.all(path, wire.subscription)
    if (!known.ok) return known
    const before = known.value.find(({ notes }) => notes[wire.referenceKey] === checkout.reference)
    const opened = before === undefined ? await this.createSubscription(planId.value, checkout, recurring) : ok(before)
    if (!opened.ok) return opened
    const { id } = opened.value
    // The order is made when the payer comes: until then there is nothing that could be paid.
    return ok({ externalId: null, subscriptionExternalId: id, clientSecret: id, paymentUrl: null })
  }

  private createSubscription(
    planId: string,
    { reference }: Checkout,
    { cycle, trialEndsAt }: NonNullable<Checkout['recurring']>,
  ) {
    const notes = { [wire.referenceKey]: reference }
    const count = Math.floor(chargedForMonths / monthsOf(cycle))
    const trial = trialEndsAt === null ? {} : { start_at: Math.floor(trialEndsAt.getTime() / secondMs) }
    const body = { plan_id: planId, total_count: count, customer_notify: 1, notes, ...trial }
    return this.api.call({ method: 'POST', path: '/subscriptions', body, reply: wire.subscription })
  }

  /** One plan there for each name, price and cycle, however often it is sold. */
  private async planOf({ amount, subject: { name }, cycle }: ChangeTerms): Promise<Result<string, ProviderFailure>> {
    const { minor, currency } = amount
    const price = `${minor} ${currency} ${cycle} ${name}`
    const cached = this.plans.get(price)
    if (cached !== undefined) return ok(cached)
    const known = await this.reader.all('/plans?', wire.plan)
    if (!known.ok) return known
    const item = { name, amount: Number(minor), currency }
    const body = { period: 'monthly', interval: monthsOf(cycle), item, notes: { [wire.planKey]: price } }
    const before = known.value.find(({ notes }) => notes[wire.planKey] === price)
    const plan = before ?? (await this.api.call({ method: 'POST', path: '/plans', body, reply: wire.plan }))
    if ('ok' in plan && !plan.ok) return plan
    const { id } = 'ok' in plan ? plan.value : plan
    this.plans.set(price, id)
    return ok(id)
  }
}

function signed(secret: string, text: string | Buffer): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}

function parsedDelivery(body: Buffer): string | undefined {
  try {
    const parsed = wire.delivery.safeParse(JSON.parse(body.toString('utf8')))
    return parsed.success ? parsed.data.event : undefined
  } catch {
    return undefined
  }
}
