/**
 * Refusals and rate decisions as HTTP: status, headers and the one error body. Called by every route of the gateway.
 * Must never send a body of another shape.
 */
import { idempotencyStatusOf } from '@tradewire/contracts/http/gateway'
import { marketplaceStatusOf } from '@tradewire/contracts/http/marketplace/words'
import { causeAndFix, httpStatusOf, type CodedError } from '@tradewire/kernel/errors'
import type { FastifyReply } from 'fastify'
import type { RateDecision } from '#domain/rate-limit'
import type { RouteRefusal } from '#use-cases/answer-route/answer-route.use-case'

const retryAfterDefaultSeconds = 2
export const wrongMethod = 'This path has other methods.'

export function answerRefusal(reply: FastifyReply, refusal: CodedError | RouteRefusal): FastifyReply {
  return answerWith(reply, httpStatusOf[refusal.kind], refusal)
}

/** The same body; the surface's document has fewer statuses. */
export function answerMarketplaceRefusal(reply: FastifyReply, refusal: CodedError | RouteRefusal): FastifyReply {
  return answerWith(reply, idempotencyStatusOf[refusal.code] ?? marketplaceStatusOf(refusal.kind), refusal)
}

function answerWith(reply: FastifyReply, status: number, refusal: CodedError | RouteRefusal): FastifyReply {
  showWait(reply, status, refusal)
  const details = 'details' in refusal && refusal.details !== undefined ? refusal.details : refusal.context
  return reply.status(status).send({ error: { code: refusal.code, message: causeAndFix(refusal), details } })
}

/** Of a path that there is, but not with this method. */
export function answerWrongMethod(reply: FastifyReply, allowed: readonly string[]): FastifyReply {
  const body = { code: 'METHOD_NOT_ALLOWED', message: wrongMethod, details: { allowed } }
  return reply.status(405).header('allow', allowed.join(', ')).send({ error: body })
}

/** The headers that tell a refused caller what to do next. */
export function showWait(reply: FastifyReply, status: number, { context }: CodedError): void {
  const wait = context['retryAfterSeconds']
  if (status === 429 || status === 503) {
    void reply.header('retry-after', String(typeof wait === 'number' ? wait : retryAfterDefaultSeconds))
  }
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
}

export function showRate(reply: FastifyReply, decision: RateDecision | undefined): void {
  if (decision === undefined) return
  void reply.headers({
    'ratelimit-limit': String(decision.limit),
    'ratelimit-remaining': String(decision.remaining),
    'ratelimit-reset': String(decision.resetSeconds),
  })
}
