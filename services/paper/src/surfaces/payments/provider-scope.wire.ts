/**
 * A simulated payment provider on the service's server: bodies as text, and orders under /control/<name> that only a simulator has.
 * Called by each provider's surface. Must never obey without the control token.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { request as send } from 'undici'
import { z } from 'zod'

const deliverWithinMs = 5_000

/** How deliveries go: which way round, how often, which not at all, and with which secret. */
const deliverOrder = z.strictObject({
  url: z.url(),
  secret: z.string(),
  order: z.enum(['as-told', 'reversed']).default('as-told'),
  copies: z.int().min(0).max(10).default(1),
  /** Only events from this one on, by number. */
  from: z.int().min(0).default(0),
})

export interface ProviderScope {
  readonly name: string
  isAllowed(request: FastifyRequest): boolean
  /** Undefined when there is no such order, or nothing that it is about. */
  obey(order: string, body: unknown): Promise<object | undefined>
  routes(scope: FastifyInstance): void
}

export async function serveProvider(fastify: FastifyInstance, provider: ProviderScope): Promise<void> {
  await fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body))
    provider.routes(scope)
    scope.post(`/control/${provider.name}/:order`, async (request, reply) => {
      if (!provider.isAllowed(request)) return reply.code(401).send({ error: 'a control token is needed' })
      const { order } = request.params as { readonly order: string }
      const obeyed = await provider.obey(order, JSON.parse(textOf(request)))
      return obeyed === undefined ? reply.code(404).send({ error: 'not found' }) : reply.send(obeyed)
    })
    done()
  })
}

export function textOf({ body }: FastifyRequest): string {
  return typeof body === 'string' ? body : ''
}

export interface SignedDelivery {
  readonly headers: Record<string, string>
  readonly body: string
}

/** Answers how many were taken. */
export async function deliverAll(url: string, deliveries: readonly SignedDelivery[]): Promise<number> {
  let accepted = 0
  for (const { headers, body } of deliveries) {
    const answer = await send(url, { method: 'POST', headers, body, headersTimeout: deliverWithinMs })
    await answer.body.dump()
    if (answer.statusCode < 300) accepted += 1
  }
  return accepted
}

/** Obeys the order to deliver events: answers how many were sent and taken, and the number of the next event. */
export async function deliverTold<Event>(
  events: readonly Event[],
  body: unknown,
  sign: (event: Event, secret: string) => SignedDelivery,
): Promise<object> {
  const { url, secret, order, copies, from } = deliverOrder.parse(body)
  const told = events.slice(from)
  const once = (order === 'reversed' ? told.toReversed() : told).map((event) => sign(event, secret))
  const all = Array.from({ length: copies }, () => once).flat()
  return { sent: all.length, accepted: await deliverAll(url, all), next: events.length }
}
