/**
 * POST /v1/webhook/strategy as the document has it, under any content type.
 * Called by TradingView, directly or through the gateway. Must never answer 504 nor answer late: only a 503 is sent again.
 */
import type { INestApplicationContext } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { SparseLog } from '@tradewire/nest-kit/sparse-log'
import { CONFIG, LOGGER } from '@tradewire/nest-kit/tokens'
import { takeWholeBodies } from '@tradewire/nest-kit/whole-bodies'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignalsConfig } from '../../config.ts'
import { AcceptAlert } from '../../use-cases/accept-alert/accept-alert.use-case.ts'

const retryAfterSeconds = '5'

export async function serveAlerts(fastify: FastifyInstance, app: INestApplicationContext): Promise<void> {
  const acceptAlert = app.get(AcceptAlert)
  const log = new SparseLog(app.get<Logger>(LOGGER), app.get(Clock))
  const { alertBodyBytesMax: bodyLimit } = app.get<SignalsConfig>(CONFIG)
  // A scope of its own: only here is every body read as text.
  await fastify.register((scope, _options, done) => {
    takeWholeBodies(scope, { parseAs: 'string', bodyLimit })
    scope.setErrorHandler((error: FastifyError, _request, reply) => answerFailure(error, reply, log))
    scope.post('/v1/webhook/strategy', { bodyLimit }, (request, reply) => answer(acceptAlert, request, reply))
    done()
  })
}

async function answer(acceptAlert: AcceptAlert, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const outcome = await acceptAlert.execute({
    contentType: request.headers['content-type'] ?? 'text/plain',
    body: typeof request.body === 'string' ? request.body : '',
    sourceIp: request.ip,
  })
  if (outcome.ok) {
    // The documented 200 has no body; the ids travel in headers.
    void reply.header('tradewire-signal-id', outcome.value.signalId)
    if (outcome.value.duplicate) void reply.header('tradewire-duplicate', 'true')
    return reply.code(200).send()
  }
  const { status, ...body } = outcome.error
  if (status === 503) void reply.header('retry-after', retryAfterSeconds)
  return reply.code(status).send(body)
}

function answerFailure(error: FastifyError, reply: FastifyReply, log: SparseLog): FastifyReply {
  if (error.statusCode === 413) return reply.code(413).send({ error: 'payload too large' })
  if (error.statusCode !== undefined && error.statusCode < 500) return reply.code(400).send({ error: 'bad request' })
  log.error(error, 'an alert could not be taken')
  return reply.code(503).header('retry-after', retryAfterSeconds).send({ error: 'temporarily unavailable' })
}
