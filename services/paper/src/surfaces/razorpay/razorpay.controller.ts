/**
 * A Razorpay to try billing with: its API under /razorpay/v1, and under /control/razorpay what only a simulator has.
 * Called by billing's client, by whoever plays the payer, and by tests. Must never be mistaken for the real one: its keys are test keys.
 */
import { createHmac } from 'node:crypto'
import type { Clock } from '@tradewire/kernel/clock'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { deliverTold, serveProvider, textOf, type SignedDelivery } from '#surfaces/payments/provider-scope.wire'
import { failure, RazorpayApi } from './razorpay-api.wire.ts'
import { RazorpayBooks } from './razorpay-books.wire.ts'
import type { Payment, RazorpayEvent } from './razorpay-objects.wire.ts'

const prefix = '/razorpay/v1/'
/** The account of the simulator: whoever signs a payer's proof has to know its secret. */
export const simulatedKey = { id: 'rzp_test_simulator', secret: 'secret-of-the-simulator' } as const
const authorization = `Basic ${Buffer.from(`${simulatedKey.id}:${simulatedKey.secret}`).toString('base64')}`

const clockOrder = z.strictObject({ to: z.iso.datetime() })
/** `of` is an order or a subscription. */
const payerOrder = z.strictObject({ of: z.string(), card: z.string(), proven: z.boolean().default(false) })
const cardOrder = z.strictObject({ subscription: z.string(), card: z.string() })
const disputeOrder = z.strictObject({ payment: z.string() })
const closeOrder = z.strictObject({ dispute: z.string(), status: z.enum(['won', 'lost']) })
const faultOrder = z.strictObject({ fault: z.enum(['none', 'unavailable', 'lost-answer']) })

export class RazorpayServer {
  readonly books: RazorpayBooks
  private readonly api: RazorpayApi
  private fault: z.output<typeof faultOrder>['fault'] = 'none'

  constructor(clock: Clock) {
    const now = clock.now()
    this.books = new RazorpayBooks(`${now.getTime().toString(36)}x`, now)
    this.api = new RazorpayApi(this.books)
  }

  async register(fastify: FastifyInstance, isAllowed: (request: FastifyRequest) => boolean): Promise<void> {
    await serveProvider(fastify, {
      name: 'razorpay',
      isAllowed,
      obey: (order, body) => this.obey(order, body),
      routes: (scope) => scope.all(`${prefix}*`, (request, reply) => this.answer(request, reply)),
    })
  }

  private answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { method, headers, url } = request
    if (headers.authorization !== authorization) {
      const { status, body } = failure('Authentication failed', {}, 401)
      return reply.code(status).send(body)
    }
    if (this.fault === 'unavailable') return reply.code(502).send({ error: { code: 'SERVER_ERROR' } })
    const [path = '', query = ''] = url.slice(prefix.length).split('?')
    const text = textOf(request)
    const key = headers['x-refund-idempotency']
    const { status, body } = this.api.answer({
      method,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      body: text === '' ? {} : JSON.parse(text),
      refundKey: typeof key === 'string' ? key : undefined,
    })
    if (this.fault === 'lost-answer' && method !== 'GET') {
      reply.hijack()
      reply.raw.destroy()
      return reply
    }
    return reply.code(status).send(body)
  }

  /** Undefined when there is no such order, or nothing that it is about. */
  private async obey(order: string, body: unknown): Promise<object | undefined> {
    switch (order) {
      case 'clock':
        this.books.advanceTo(new Date(clockOrder.parse(body).to))
        return { now: this.books.time, events: this.books.events.length }
      case 'pay': {
        const { of, card, proven } = payerOrder.parse(body)
        return this.pay(of, card, proven)
      }
      case 'card': {
        const { subscription: id, card } = cardOrder.parse(body)
        const subscription = this.books.subscriptions.get(id)
        return subscription && this.books.changeCard(subscription, card)
      }
      case 'dispute': {
        const payment = this.books.payments.get(disputeOrder.parse(body).payment)
        return payment && this.books.dispute(payment)
      }
      case 'close-dispute': {
        const { dispute: id, status } = closeOrder.parse(body)
        const dispute = this.books.disputes.get(id)
        if (dispute !== undefined) this.books.closeDispute(dispute, status)
        return dispute
      }
      case 'fault':
        this.fault = faultOrder.parse(body).fault
        return { fault: this.fault }
      case 'deliver':
        return deliverTold(this.books.events, body, signedDelivery)
      default:
        return undefined
    }
  }

  /** The payment, and what the payer's form brings back to prove it. */
  private pay(of: string, card: string, proven: boolean): object | undefined {
    const order = this.books.orders.get(of)
    const subscription = this.books.subscriptions.get(of)
    const payment =
      order === undefined
        ? subscription && this.books.authorise(subscription, card, proven)
        : this.books.payOrder(order, card, proven)
    // One that starts later is only allowed now.
    if (payment === undefined) return subscription
    return { payment, proof: payersProof(payment, subscription?.id) }
  }
}

/** As Razorpay signs: the body alone, under the webhook's secret; the event's id stands beside it. */
export function signedDelivery({ id, ...event }: RazorpayEvent, secret: string): SignedDelivery {
  const body = JSON.stringify(event)
  const signature = signed(secret, body)
  const headers = { 'content-type': 'application/json', 'x-razorpay-signature': signature, 'x-razorpay-event-id': id }
  return { headers, body }
}

/** What its form hands to the page after a payment. */
export function payersProof({ id, order_id: orderId }: Payment, subscriptionId?: string): Record<string, string> {
  return subscriptionId === undefined
    ? {
        razorpay_payment_id: id,
        razorpay_order_id: orderId,
        razorpay_signature: signed(simulatedKey.secret, `${orderId}|${id}`),
      }
    : {
        razorpay_payment_id: id,
        razorpay_subscription_id: subscriptionId,
        razorpay_signature: signed(simulatedKey.secret, `${id}|${subscriptionId}`),
      }
}

function signed(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
