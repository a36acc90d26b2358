/**
 * Reads how things stand at Razorpay: an order with all tries at paying it, a subscription, and what has happened lately.
 * Called by its provider. Must never write there.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { z } from 'zod'
import type { AskedOnce } from '../../domain/payments/asked-once.ts'
import type { HeardEvent, Observation, ProviderFailure } from '../../ports/payment-provider.port.ts'
import type { JsonApi } from '../json-api.client.ts'
import { isOver, isTaken, toPaymentObservation, toSubscriptionObservation } from './razorpay.map.ts'
import * as wire from './razorpay.wire.ts'

const pageItems = 100
const pagesMax = 200
/** A payment may be captured days after it was begun, and lists go by when it was begun. */
const lateCaptureMs = 5 * 86_400_000
const secondMs = 1_000

type Read<Value> = Promise<Result<Value, ProviderFailure>>

export class RazorpayReader {
  private readonly api: JsonApi
  private readonly asked: AskedOnce | undefined

  /** `asked`: what it reads for one batch of events, it reads once. */
  constructor(api: JsonApi, asked?: AskedOnce) {
    this.api = api
    this.asked = asked
  }

  async observe({ body }: HeardEvent): Read<readonly Observation[]> {
    const { payload } = wire.delivery.parse(JSON.parse(body))
    const observations: Observation[] = []
    const paymentId = payload.payment?.entity.id ?? payload.refund?.entity.payment_id
    const orderId = payload.order?.entity.id
    if (paymentId !== undefined || orderId !== undefined) {
      const seen = await (paymentId === undefined
        ? this.observeOrder(orderId!, payload.dispute?.entity.id)
        : this.observePayment(paymentId, payload.dispute?.entity.id))
      if (!seen.ok) return seen
      observations.push(...seen.value)
    }
    if (payload.subscription !== undefined) {
      const shown = await this.get(`/subscriptions/${payload.subscription.entity.id}`, wire.subscription)
      if (!shown.ok) return shown
      observations.push(toSubscriptionObservation(shown.value))
    }
    return ok(observations)
  }

  /** The payment of an order that money came in by. */
  async takenPayment(orderId: string): Read<wire.Payment> {
    const attempts = await this.get(`/orders/${orderId}/payments`, wire.collectionOf(wire.payment))
    if (!attempts.ok) return attempts
    const taken = attempts.value.items.find(isTaken)
    return taken === undefined ? err({ kind: 'refused', detail: `nothing was paid for ${orderId}` }) : ok(taken)
  }

  /** What is named by the state that it tells of: the same state is told once. */
  async recent(since: Date): Read<readonly HeardEvent[]> {
    const from = Math.floor(since.getTime() / secondMs)
    const begunFrom = Math.floor((since.getTime() - lateCaptureMs) / secondMs)
    const payments = await this.all(`/payments?from=${begunFrom}&`, wire.payment)
    if (!payments.ok) return payments
    const refunds = await this.all(`/refunds?from=${from}&`, wire.refund)
    if (!refunds.ok) return refunds
    const disputes = await this.all('/disputes?', wire.dispute)
    if (!disputes.ok) return disputes
    const subscriptions = await this.all('/subscriptions?', wire.subscription)
    if (!subscriptions.ok) return subscriptions
    const begun = payments.value.filter(({ status }) => status !== 'created')
    return ok([
      ...begun.map(({ id, status }) => listed(`payment.${status}`, `${id} ${status}`, { payment: { id } })),
      ...refunds.value.map(({ id, status, payment_id: paymentId }) =>
        listed('refund.listed', `${id} ${status}`, { payment: { id: paymentId } }),
      ),
      ...disputes.value.map(({ id, status, payment_id: paymentId }) =>
        listed('payment.dispute.listed', `${id} ${status}`, { payment: { id: paymentId }, dispute: { id } }),
      ),
      ...subscriptions.value
        .filter(isOver)
        .map(({ id, status }) => listed(`subscription.${status}`, `${id} ${status}`, { subscription: { id } })),
    ])
  }

  get<Reply extends z.ZodType>(path: string, reply: Reply): Read<z.output<Reply>> {
    const read = () => this.api.call({ method: 'GET', path, reply })
    return this.asked === undefined ? read() : this.asked.answer(`razorpay ${path}`, read)
  }

  /** Every page of a list, newest first. */
  async all<Item extends z.ZodType>(path: string, item: Item): Read<readonly z.output<Item>[]> {
    const items: z.output<Item>[] = []
    for (let page = 0; page < pagesMax; page += 1) {
      const at = `${path}count=${pageItems}&skip=${page * pageItems}`
      const shown = await this.get(at, wire.collectionOf(item))
      if (!shown.ok) return shown
      items.push(...shown.value.items)
      if (shown.value.items.length < pageItems) break
    }
    return ok(items)
  }

  private async observePayment(id: string, disputeId: string | undefined): Read<readonly Observation[]> {
    const shown = await this.get(`/payments/${id}`, wire.payment)
    if (!shown.ok) return shown
    const orderId = shown.value.order_id
    return typeof orderId === 'string' ? this.observeOrder(orderId, disputeId) : ok([])
  }

  private async observeOrder(id: string, disputeId: string | undefined): Read<readonly Observation[]> {
    const [order, attempts] = await Promise.all([
      this.get(`/orders/${id}`, wire.order),
      this.get(`/orders/${id}/payments`, wire.collectionOf(wire.payment)),
    ])
    if (!order.ok) return order
    if (!attempts.ok) return attempts
    const refunds = await this.refundsOf(attempts.value.items)
    if (!refunds.ok) return refunds
    const dispute = disputeId === undefined ? ok(undefined) : await this.get(`/disputes/${disputeId}`, wire.dispute)
    if (!dispute.ok) return dispute
    const invoiceId = attempts.value.items.find(({ invoice_id: invoice }) => typeof invoice === 'string')?.invoice_id
    const period = typeof invoiceId === 'string' ? await this.periodOf(invoiceId) : ok(undefined)
    if (!period.ok) return period
    const disputes = dispute.value === undefined ? [] : [dispute.value]
    const parts = { order: order.value, attempts: attempts.value.items, refunds: refunds.value, disputes }
    return ok([toPaymentObservation({ ...parts, period: period.value })])
  }

  private async refundsOf(attempts: readonly wire.Payment[]): Read<readonly wire.Refund[]> {
    const refunds: wire.Refund[] = []
    for (const { id, amount_refunded: refunded } of attempts) {
      if ((refunded ?? 0) === 0) continue
      const shown = await this.all(`/payments/${id}/refunds?`, wire.refund)
      if (!shown.ok) return shown
      refunds.push(...shown.value)
    }
    return ok(refunds)
  }

  /** The earliest invoice of a subscription is of the payment that began it. */
  private async periodOf(invoiceId: string): Read<Parameters<typeof toPaymentObservation>[0]['period']> {
    const invoice = await this.get(`/invoices/${invoiceId}`, wire.invoice)
    if (!invoice.ok) return invoice
    const subscriptionId = invoice.value.subscription_id
    if (typeof subscriptionId !== 'string') return ok(undefined)
    const [subscription, invoices] = await Promise.all([
      this.get(`/subscriptions/${subscriptionId}`, wire.subscription),
      this.all(`/invoices?subscription_id=${subscriptionId}&`, wire.invoice),
    ])
    if (!subscription.ok) return subscription
    if (!invoices.ok) return invoices
    const first = invoices.value.toSorted((left, right) => left.created_at - right.created_at)[0]
    return ok({ invoice: invoice.value, subscription: subscription.value, isFirst: first?.id === invoice.value.id })
  }
}

function listed(event: string, name: string, about: Readonly<Record<string, { readonly id: string }>>): HeardEvent {
  const payload = Object.fromEntries(Object.entries(about).map(([key, entity]) => [key, { entity }]))
  return { eventId: `listed ${name}`, type: event, body: JSON.stringify({ event, payload }) }
}
