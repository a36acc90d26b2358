/**
 * What payment providers deliver, byte for byte, the page of the mock provider, and the one that payers come back to.
 * Called by providers and payers, mostly through the gateway. Must never parse a delivery before it is proven.
 */
import type { INestApplicationContext } from '@nestjs/common'
import { paymentDeliveryPath, paymentPagePath } from '@tradewire/contracts/http/billing'
import { Clock } from '@tradewire/kernel/clock'
import { SparseLog } from '@tradewire/nest-kit/sparse-log'
import { LOGGER } from '@tradewire/nest-kit/tokens'
import { takeWholeBodies } from '@tradewire/nest-kit/whole-bodies'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChooseOutcome, mockOutcomes } from '../../use-cases/choose-outcome/choose-outcome.use-case.ts'
import { ReceiveEvent } from '../../use-cases/receive-event/receive-event.use-case.ts'
import { ShowPayment } from '../../use-cases/show-payment/show-payment.use-case.ts'
import { mockPage, mockPageOfNothing } from './mock-page.wire.ts'
import { paymentPagePolicy } from './payment-page.wire.ts'
import { returnedPage, returnedPageOfNothing } from './returned-page.wire.ts'

const bodyBytesMax = 524_288
const retryAfterSeconds = '30'

interface DeliveryParams {
  readonly provider: string
  readonly token?: string
}

export async function serveDeliveries(fastify: FastifyInstance, app: INestApplicationContext): Promise<void> {
  const receiveEvent = app.get(ReceiveEvent)
  const log = new SparseLog(app.get<Logger>(LOGGER), app.get(Clock))
  const chooseOutcome = app.get(ChooseOutcome)
  const showPayment = app.get(ShowPayment)
  // A scope of its own: only here is every body kept as it came.
  await fastify.register((scope, _options, done) => {
    takeWholeBodies(scope, { parseAs: 'buffer', bodyLimit: bodyBytesMax })
    const deliver = (request: FastifyRequest, reply: FastifyReply) =>
      answerDelivery({ receiveEvent, log }, request, reply)
    scope.post(`${paymentDeliveryPath}/:provider`, deliver)
    scope.post(`${paymentDeliveryPath}/:provider/:token`, deliver)
    scope.route({
      method: ['GET', 'POST'],
      url: `${paymentPagePath}/mock/:id`,
      handler: (request, reply) => answerPage(chooseOutcome, request, reply),
    })
    scope.get(`${paymentPagePath}/returned/:id`, (request, reply) => answerReturned(showPayment, request, reply))
    done()
  })
}

interface DeliveryParts {
  readonly receiveEvent: ReceiveEvent
  readonly log: SparseLog
}

/** 200 once it is stored, also for one that was stored before; anything else makes the provider send it again. */
async function answerDelivery(
  { receiveEvent, log }: DeliveryParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { provider, token } = request.params as DeliveryParams
  try {
    const outcome = await receiveEvent.execute(provider, {
      headers: request.headers,
      body: bytesOf(request),
      pathToken: token,
    })
    return await (outcome === 'stored'
      ? reply.send({ received: true })
      : reply.code(400).send({ error: 'not verified' }))
  } catch (error) {
    log.error(error, 'a delivery of a payment provider could not be stored')
    return reply.code(503).header('retry-after', retryAfterSeconds).send({ error: 'temporarily unavailable' })
  }
}

async function answerPage(
  chooseOutcome: ChooseOutcome,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as { readonly id: string }
  const wanted = new URLSearchParams(bytesOf(request).toString('utf8')).get('outcome')
  const checkout = await chooseOutcome.execute(
    id,
    mockOutcomes.find((outcome) => outcome === wanted),
  )
  asPage(reply)
  return checkout === undefined ? reply.code(404).send(mockPageOfNothing()) : reply.send(mockPage(checkout))
}

async function answerReturned(
  showPayment: ShowPayment,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as { readonly id: string }
  const payment = await showPayment.execute(id)
  asPage(reply)
  return payment === undefined ? reply.code(404).send(returnedPageOfNothing()) : reply.send(returnedPage(payment))
}

function asPage(reply: FastifyReply): void {
  void reply.header('content-security-policy', paymentPagePolicy).header('content-type', 'text/html; charset=utf-8')
}

function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}
