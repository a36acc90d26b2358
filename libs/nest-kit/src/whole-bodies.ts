/**
 * Bodies that are taken as they come, whatever their head says they are. Called for routes whose senders cannot be told
 * how to write a header: alerts, deliveries of payment providers. Must never be used where a body is parsed by its type.
 */
import type { FastifyInstance } from 'fastify'

export interface WholeBodies {
  readonly parseAs: 'string' | 'buffer'
  /** That of the server when not given. */
  readonly bodyLimit?: number
}

const MEDIA_TYPE = /^[a-z]+\/[a-z0-9.+-]+ *(;|$)/i

/** For a scope of its own: every route in it gets its body so. */
export function takeWholeBodies(scope: FastifyInstance, options: WholeBodies): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', options as { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  // Fastify answers 415 to a header that names no type: it must not decide over a signal or a payment.
  scope.addHook('onRequest', (request, _reply, next) => {
    const named = request.headers['content-type']
    if (named !== undefined && !MEDIA_TYPE.test(named)) request.headers['content-type'] = 'text/plain'
    next()
  })
}
