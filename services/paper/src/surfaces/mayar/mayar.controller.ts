/**
 * A Mayar to try billing with: its API under /mayar/hl/v1, and under /control/mayar what only a simulator has.
 * Called by billing's client, by whoever plays the payer, and by tests. Must never sign a delivery: Mayar does not.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@tradewire/kernel/clock'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { deliverAll, serveProvider, textOf } from '#surfaces/payments/provider-scope.wire'

const BEARER = /^Bearer \S+$/
const slowMs = 50
const pageItemsMax = 100

const newInvoice = z.object({
  name: z.string().min(1),
  email: z.string().min(1),
  mobile: z.string().min(1),
  description: z.string(),
  redirectUrl: z.string(),
  items: z.array(z.object({ quantity: z.int().min(1), rate: z.int().min(1), description: z.string() })).min(1),
  extraData: z.record(z.string(), z.unknown()).optional(),
})
const invoiceOrder = z.strictObject({ invoice: z.string() })
const deliverOrder = z.strictObject({ url: z.url(), copies: z.int().min(1).max(10).default(1) })
const faultOrder = z.strictObject({ fault: z.enum(['none', 'unavailable', 'lost-answer', 'lost-unlisted']) })

export interface MayarInvoice {
  readonly id: string
  readonly transactionId: string
  readonly amount: number
  readonly createdAt: number
  /** The end of the page's address. */
  readonly link: string
  readonly paymentUrl: string
  readonly redirectUrl: string
  readonly extraData: Readonly<Record<string, unknown>>
  status: 'unpaid' | 'paid' | 'closed'
}

export interface MayarTold {
  readonly id: string
  readonly createdAt: string
  readonly type: string
  readonly payload: string
}

export class MayarServer {
  private readonly clock: Clock
  readonly invoices = new Map<string, MayarInvoice>()
  private readonly unlisted = new Set<string>()
  readonly told: MayarTold[] = []
  private readonly mark: string
  private fault: z.output<typeof faultOrder>['fault'] = 'none'

  constructor(clock: Clock) {
    this.clock = clock
    this.mark = clock.now().getTime().toString(36)
  }

  async register(fastify: FastifyInstance, isAllowed: (request: FastifyRequest) => boolean): Promise<void> {
    await serveProvider(fastify, {
      name: 'mayar',
      isAllowed,
      obey: (order, body) => this.obey(order, body),
      routes: (scope) => this.routes(scope),
    })
  }

  private routes(scope: FastifyInstance): void {
    scope.addHook('onRequest', async (request, reply) => {
      if (!request.url.startsWith('/mayar/') || BEARER.test(request.headers.authorization ?? '')) return
      await reply.code(401).send({ statusCode: 401, messages: 'Unauthorized' })
    })
    scope.post('/mayar/hl/v1/invoice/create', (request, reply) => this.create(request, reply))
    scope.get('/mayar/hl/v1/invoice', (request, reply) => this.list(request, reply))
    scope.get('/mayar/hl/v1/invoice/:id', (request, reply) => this.show(request, reply))
    scope.get('/mayar/hl/v1/webhook/history', (request, reply) => this.history(request, reply))
  }

  private async create(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.fault === 'unavailable') return reply.code(500).send({ statusCode: 500, messages: 'error' })
    const parsed = newInvoice.safeParse(JSON.parse(textOf(request)))
    if (!parsed.success) return reply.code(400).send({ statusCode: 400, messages: parsed.error.message })
    const number = this.invoices.size + 1
    const id = `inv-${this.mark}-${number}`
    const amount = parsed.data.items.reduce((sum, { quantity, rate }) => sum + quantity * rate, 0)
    const paymentUrl = `https://mayar.test/invoices/${id}`
    const { redirectUrl, extraData = {} } = parsed.data
    const transactionId = `trx-${this.mark}-${number}`
    const kept = { id, transactionId, amount, link: id, paymentUrl, redirectUrl, extraData }
    this.invoices.set(id, { ...kept, createdAt: this.clock.now().getTime(), status: 'unpaid' })
    if (this.fault === 'lost-unlisted') this.unlisted.add(id)
    if (this.fault === 'lost-answer' || this.fault === 'lost-unlisted') {
      await wait(slowMs)
      reply.hijack()
      reply.raw.destroy()
      return reply
    }
    return reply.send({
      statusCode: 200,
      messages: 'success',
      data: { id, transactionId, link: paymentUrl, extraData },
    })
  }

  private show(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const invoice = this.invoices.get((request.params as { readonly id: string }).id)
    if (this.fault === 'unavailable') return reply.code(500).send({ statusCode: 500, messages: 'error' })
    if (invoice === undefined) return reply.code(404).send({ statusCode: 404, messages: 'not found' })
    return reply.send({ statusCode: 200, messages: 'success', data: invoice })
  }

  /** What an invoice carries of its maker's is not listed, and in which order is not said. */
  private list(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (this.fault === 'unavailable') return reply.code(500).send({ statusCode: 500, messages: 'error' })
    const listed = [...this.invoices.values()].filter(({ id }) => !this.unlisted.has(id))
    return reply.send(
      pageOf(
        listed.map(({ extraData: _, paymentUrl: __, ...shown }) => shown),
        request,
      ),
    )
  }

  private history(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return reply.send(pageOf(this.told.toReversed(), request))
  }

  private async obey(order: string, body: unknown): Promise<object | undefined> {
    switch (order) {
      case 'pay':
        return this.pay(invoiceOrder.parse(body).invoice)
      case 'close':
        return this.close(invoiceOrder.parse(body).invoice)
      case 'fault':
        this.fault = faultOrder.parse(body).fault
        return { fault: this.fault }
      case 'deliver':
        return this.deliver(deliverOrder.parse(body))
      default:
        return undefined
    }
  }

  /** What the payer does on the page. */
  pay(id: string): MayarInvoice | undefined {
    const invoice = this.invoices.get(id)
    if (invoice?.status !== 'unpaid') return invoice
    invoice.status = 'paid'
    const createdAt = this.clock.now().toISOString()
    const data = {
      id: invoice.transactionId,
      transactionId: invoice.transactionId,
      status: 'SUCCESS',
      transactionStatus: 'paid',
      createdAt,
      amount: invoice.amount,
      productId: invoice.id,
      productType: 'invoice',
      paymentMethod: 'QRIS',
    }
    const type = 'payment.received'
    this.told.push({ id: invoice.transactionId, createdAt, type, payload: JSON.stringify({ event: type, data }) })
    return invoice
  }

  /** What the merchant does to one that is not to be paid any more. */
  private close(id: string): MayarInvoice | undefined {
    const invoice = this.invoices.get(id)
    if (invoice?.status === 'unpaid') invoice.status = 'closed'
    return invoice
  }

  private async deliver({ url, copies }: z.output<typeof deliverOrder>): Promise<object> {
    const headers = { 'content-type': 'application/json' }
    const once = this.told.toReversed().map(({ payload: body }) => ({ headers, body }))
    const all = Array.from({ length: copies }, () => once).flat()
    return { sent: all.length, accepted: await deliverAll(url, all) }
  }
}

function pageOf(items: readonly object[], request: FastifyRequest): object {
  const query = request.query as { readonly page?: string; readonly pageSize?: string }
  const size = Math.min(pageItemsMax, Number(query.pageSize ?? pageItemsMax))
  const start = (Number(query.page ?? 1) - 1) * size
  const hasMore = start + size < items.length
  return { statusCode: 200, messages: 'success', hasMore, data: items.slice(start, start + size) }
}
