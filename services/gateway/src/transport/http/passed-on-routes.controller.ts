/**
 * What the gateway passes on byte for byte: alerts, deliveries of payment providers, pages of payers. Called by PublicHttp.
 * Must never parse a body, pass on who is logged in, count a request, or need NATS or Redis.
 */
import { Injectable } from '@nestjs/common'
import { paymentDeliveryPath, paymentPagePath } from '@tradewire/contracts/http/billing'
import { alertPath } from '@tradewire/contracts/http/gateway'
import { answerFailure } from '@tradewire/nest-kit/http-errors'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import { takeWholeBodies } from '@tradewire/nest-kit/whole-bodies'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Neighbour, RawRequest } from '#ports/neighbours.port'
import { answerRefusal } from '#transport/http/http-answers.map'
import { PassRequest } from '#use-cases/pass-request/pass-request.use-case'

/** What of a request's head stays here: it is about the connection, or about whoever is logged in. */
const ownHeaders = new Set([
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

@Injectable()
export class PassedOnRoutes {
  constructor(
    private readonly passing: PassRequest,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await fastify.register(async (scope) => {
      scope.setErrorHandler((thrown, request, reply) => answerFailure(thrown, request, reply, this.logger))
      takeWholeBodies(scope, { parseAs: 'buffer' })
      scope.post(alertPath, (request, reply) => this.pass('signals', alertOf(request), reply))
      const payment = (request: FastifyRequest, reply: FastifyReply) => this.pass('billing', paymentOf(request), reply)
      scope.post(`${paymentDeliveryPath}/*`, payment)
      scope.get(`${paymentPagePath}/*`, payment)
      scope.post(`${paymentPagePath}/*`, payment)
    })
  }

  private async pass(to: Neighbour, request: RawRequest, reply: FastifyReply): Promise<FastifyReply> {
    const passed = await this.passing.execute(to, request)
    if (!passed.ok) return answerRefusal(reply, passed.error)
    const { status, headers, body } = passed.value
    return reply.status(status).headers(headers).send(body)
  }
}

function alertOf(request: FastifyRequest): RawRequest {
  const contentType = request.headers['content-type']
  const headers = { ...(contentType === undefined ? {} : { 'content-type': contentType }), ...senderOf(request) }
  return { method: 'POST', path: alertPath, headers, body: bodyOf(request) ?? Buffer.alloc(0) }
}

/** With all of its head but our own: the signature may be anywhere in it. */
function paymentOf(request: FastifyRequest): RawRequest {
  const passed = Object.entries(request.headers).flatMap(([name, value]) =>
    typeof value === 'string' && !ownHeaders.has(name) ? [[name, value] as const] : [],
  )
  return {
    method: request.method === 'POST' ? 'POST' : 'GET',
    path: request.raw.url ?? '/',
    headers: { ...Object.fromEntries(passed), ...senderOf(request) },
    body: bodyOf(request),
  }
}

function senderOf({ ip, id }: FastifyRequest): { 'x-forwarded-for': string; 'x-request-id': string } {
  return { 'x-forwarded-for': ip, 'x-request-id': id }
}

function bodyOf({ body }: FastifyRequest): Buffer | null {
  return Buffer.isBuffer(body) ? body : null
}
