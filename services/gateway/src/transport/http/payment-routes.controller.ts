/**
 * Deliveries of payment providers and pages of payers, passed on to billing byte for byte.
 * Called by providers and payers. Must never parse a body or pass on who is logged in.
 */
import { Injectable } from '@nestjs/common'
import { paymentDeliveryPath, paymentPagePath } from '@tradewire/contracts/http/billing'
import { answerFailure } from '@tradewire/nest-kit/http-errors'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerRefusal } from '#transport/http/http-answers.map'
import { PassPaymentRequest } from '#use-cases/pass-payment-request/pass-payment-request.use-case'

/** What of a request's head stays here. */
const ownHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'authorization', 'cookie'])

@Injectable()
export class PaymentRoutes {
  constructor(
    private readonly passing: PassPaymentRequest,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await fastify.register(async (scope) => {
      scope.setErrorHandler((thrown, request, reply) => answerFailure(thrown, request, reply, this.logger))
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      scope.post(`${paymentDeliveryPath}/*`, (request, reply) => this.pass(request, reply))
      scope.get(`${paymentPagePath}/*`, (request, reply) => this.pass(request, reply))
      scope.post(`${paymentPagePath}/*`, (request, reply) => this.pass(request, reply))
    })
  }

  private async pass(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const passed = await this.passing.execute({
      method: request.method === 'POST' ? 'POST' : 'GET',
      path: request.raw.url ?? '/',
      headers: headersOf(request),
      body: Buffer.isBuffer(request.body) ? request.body : null,
    })
    if (!passed.ok) return answerRefusal(reply, passed.error)
    const { status, headers, body } = passed.value
    return reply.status(status).headers(headers).send(body)
  }
}

function headersOf({ headers, ip, id }: FastifyRequest): Record<string, string> {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && !ownHeaders.has(name) ? [[name, value] as const] : [],
  )
  return { ...Object.fromEntries(passed), 'x-forwarded-for': ip, 'x-request-id': id }
}
