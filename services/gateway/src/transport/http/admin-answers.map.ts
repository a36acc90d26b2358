/**
 * Refusals as the admin document shows them: `{"error"}` for 401, `{"errors"}` for 422, `{"message"}` for the rest.
 * Called by the routes of that surface. Must never send our own error body, nor more than the document has.
 */
import { idempotencyStatusOf } from '@tradewire/contracts/http/gateway'
import { adminStatusOf } from '@tradewire/contracts/http/admin/words'
import type { RouteContract } from '@tradewire/contracts/define-route'
import { causeAndFix, type CodedError } from '@tradewire/kernel/errors'
import { explain } from '@tradewire/nest-kit/http-errors'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type FieldProblem, severalFields } from '#domain/field-problems'
import { showWait, wrongMethod } from '#transport/http/http-answers.map'
import type { RouteRefusal } from '#use-cases/answer-route/answer-route.use-case'

export function answerAdminRefusal(
  reply: FastifyReply,
  refusal: CodedError | RouteRefusal,
  { refusals }: RouteContract,
): FastifyReply {
  const documented = refusals[refusal.code]
  if (documented !== undefined) return reply.status(documented.status).send(documented.body)
  const status = idempotencyStatusOf[refusal.code] ?? adminStatusOf(refusal.kind)
  showWait(reply, status, refusal)
  void reply.status(status)
  if (status === 401) return reply.send({ error: 'unauthorized' })
  if (status !== 422) return reply.send({ message: causeAndFix(refusal) })
  const whole: FieldProblem = { msg: causeAndFix(refusal), param: severalFields, location: 'body' }
  return reply.send({ errors: 'problems' in refusal && refusal.problems ? refusal.problems : [whole] })
}

/** What HTTP itself refuses, such as a body that is no JSON, and bugs of ours. */
export function answerAdminFailure(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): void {
  const { failure, unexpected } = explain(thrown)
  if (unexpected) logger.error({ error: thrown, requestId: request.id }, 'an admin request failed unexpectedly')
  void reply.status(failure.status).send({ message: failure.body.error.message })
}

export function answerNoAdminRoute(reply: FastifyReply): FastifyReply {
  return reply.status(404).send({ message: 'route not found' })
}

/** The document does not tell a path with another method from one that there is not; HTTP does. */
export function answerWrongAdminMethod(reply: FastifyReply, allowed: readonly string[]): FastifyReply {
  return reply.status(405).header('allow', allowed.join(', ')).send({ message: wrongMethod })
}
