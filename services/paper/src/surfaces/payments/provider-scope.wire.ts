/**
 * A simulated payment provider on the service's server: bodies as text, and orders under /control/<name> that only a simulator has.
 * Called by each provider's surface. Must never obey without the control token.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { request as send } from 'undici'

const deliverWithinMs = 5_000

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
