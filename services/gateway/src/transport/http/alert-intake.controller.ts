/**
 * POST /v1/webhook/strategy, passed on to signals byte for byte.
 * Called by TradingView and by whoever sends alerts. Must never parse a body, count a request or need NATS or Redis.
 */
import { Injectable } from '@nestjs/common'
import { alertPath } from '@tradewire/contracts/http/gateway'
import { answerFailure } from '@tradewire/nest-kit/http-errors'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerRefusal } from '#transport/http/http-answers.map'
import { PassAlert } from '#use-cases/pass-alert/pass-alert.use-case'

@Injectable()
export class AlertIntake {
  constructor(
    private readonly passing: PassAlert,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await fastify.register(async (scope) => {
      scope.setErrorHandler((thrown, request, reply) => answerFailure(thrown, request, reply, this.logger))
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      scope.post(alertPath, (request, reply) => this.pass(request, reply))
    })
  }

  private async pass(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const passed = await this.passing.execute({
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      contentType: request.headers['content-type'],
      clientAddress: request.ip,
      requestId: request.id,
    })
    if (!passed.ok) return answerRefusal(reply, passed.error)
    const { status, headers, body } = passed.value
    return reply.status(status).headers(headers).send(body)
  }
}
