/**
 * A Stripe to try billing with: its API under /v1, and under /control/stripe what only a simulator has.
 * Called by billing's client, by whoever plays the payer, and by tests. Must never be mistaken for the real one: its keys are test keys.
 */
import { createHmac } from 'node:crypto'
import type { Clock } from '@tradewire/kernel/clock'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { deliverTold, serveProvider, textOf, type SignedDelivery } from '#surfaces/payments/provider-scope.wire'
import { StripeApi } from './stripe-api.wire.ts'
import { StripeBooks } from './stripe-books.wire.ts'
import { readForm } from './stripe-form.wire.ts'
import type { CheckoutSession, StripeEvent } from './stripe-objects.wire.ts'
import { closedStripePage, stripePage, stripePagePolicy, type PageState } from './stripe-page.wire.ts'

const secondMs = 1_000
const BEARER = /^Bearer sk_test_\w+$/

const clockOrder = z.strictObject({ to: z.iso.datetime() })
const payerOrder = z.strictObject({ intent: z.string(), card: z.string(), proven: z.boolean().default(false) })
const cardOrder = z.strictObject({ subscription: z.string(), card: z.string() })
const disputeOrder = z.strictObject({ intent: z.string() })
const closeOrder = z.strictObject({ dispute: z.string(), status: z.enum(['won', 'lost']) })

export class StripeServer {
  readonly books: StripeBooks
  private readonly api: StripeApi

  constructor(clock: Clock) {
    const now = clock.now()
    this.books = new StripeBooks(`${now.getTime().toString(36)}x`, now)
    this.api = new StripeApi(this.books)
  }

  async register(fastify: FastifyInstance, isAllowed: (request: FastifyRequest) => boolean): Promise<void> {
    await serveProvider(fastify, {
      name: 'stripe',
      isAllowed,
      obey: (order, body) => this.obey(order, body),
      routes: (scope) => {
        scope.all('/v1/*', (request, reply) => this.answer(request, reply))
        scope.route({
          method: ['GET', 'POST'],
          url: '/c/pay/:id',
          handler: (request, reply) => this.page(request, reply),
        })
      },
    })
  }

  private answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { method, headers, url } = request
    if (!BEARER.test(headers.authorization ?? '')) {
      const error = { type: 'invalid_request_error', message: 'Invalid API Key provided' }
      return reply.code(401).send({ error })
    }
    const [path = '', query = ''] = url.slice('/v1/'.length).split('?')
    const parameters = readForm(textOf(request) === '' ? query : textOf(request))
    if (parameters === undefined) {
      return reply.code(400).send({ error: { type: 'invalid_request_error', message: 'Invalid parameters' } })
    }
    const key = headers['idempotency-key']
    const idempotencyKey = typeof key === 'string' ? key : undefined
    const origin = `${request.protocol}://${request.host}`
    const { status, body } = this.api.answer({ method, path, parameters, idempotencyKey, origin })
    return reply.code(status).header('request-id', `req_${request.id}`).send(body)
  }

  /** What the payer's browser shows and does. A page that is paid sends the payer back to where they came from. */
  private page(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { id } = request.params as { readonly id: string }
    const session = this.books.sessions.all.get(id)
    void reply.header('content-security-policy', stripePagePolicy).type('text/html; charset=utf-8')
    if (session?.status !== 'open') {
      return reply.code(session === undefined ? 404 : 200).send(closedStripePage(session?.status ?? 'unknown'))
    }
    const state = request.method === 'POST' ? this.tryToPay(session, new URLSearchParams(textOf(request))) : 'new'
    if (state === 'paid') return reply.redirect(session.success_url, 303)
    return reply.send(stripePage(session, this.books.sessions.wishOf(session).description, state))
  }

  private tryToPay(session: CheckoutSession, chosen: URLSearchParams): PageState | 'paid' {
    const proof = chosen.get('proof')
    if (proof === 'failed') return { declined: 'Your bank did not let the payment pass.' }
    const card = proof === 'passed' ? 'pm_card_authenticationRequired' : (chosen.get('card') ?? '')
    const paid = this.books.sessions.pay(session, card, proof === 'passed')
    if (paid === undefined) return 'new'
    return paid.ok ? paid.value : { declined: paid.error.message }
  }

  /** Undefined when there is no such order, or nothing that it is about. */
  private async obey(order: string, body: unknown): Promise<object | undefined> {
    switch (order) {
      case 'clock':
        this.books.advanceTo(new Date(clockOrder.parse(body).to))
        return { now: this.books.time, events: this.books.events.length }
      case 'pay': {
        const { intent: id, card, proven } = payerOrder.parse(body)
        const setup = this.books.setups.get(id)
        if (setup !== undefined) return this.books.confirmSetup(setup, card)
        const intent = this.books.intents.get(id)
        return intent && { result: this.books.confirm(intent, card, proven), intent }
      }
      case 'card': {
        const { subscription, card } = cardOrder.parse(body)
        const customer = this.books.customers.get(this.books.subscriptions.get(subscription)?.customer ?? '')
        return customer && Object.assign(customer, { card })
      }
      case 'dispute':
        return this.disputeOf(disputeOrder.parse(body).intent)
      case 'close-dispute': {
        const { dispute: id, status } = closeOrder.parse(body)
        const dispute = this.books.disputes.get(id)
        if (dispute !== undefined) this.books.closeDispute(dispute, status)
        return dispute
      }
      case 'deliver':
        return deliverTold(this.books.events, body, (event, secret) => signedDelivery(event, secret, this.books.time))
      default:
        return undefined
    }
  }

  private disputeOf(intentId: string): object | undefined {
    const intent = this.books.intents.get(intentId)
    return intent && this.books.dispute(intent)
  }
}

/** As Stripe signs: the time and the body, under the endpoint's secret. */
export function signedDelivery(event: StripeEvent, secret: string, now: Date): SignedDelivery {
  const body = JSON.stringify(event)
  const seconds = Math.floor(now.getTime() / secondMs)
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return { headers: { 'content-type': 'application/json', 'stripe-signature': `t=${seconds},v1=${signature}` }, body }
}
