/** The gate before every route of the API: who is asking, and not too often. Called by routes. Must never be skipped but for alerts. */
import { Injectable } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Credential } from '#domain/credential'
import { gatewayErrors } from '#gateway.errors'
import { showRate } from '#transport/http/http-answers.map'
import { AuthenticateCaller } from '#use-cases/authenticate-caller/authenticate-caller.use-case'
import { LimitCaller } from '#use-cases/limit-caller/limit-caller.use-case'

@Injectable()
export class CallerGate {
  constructor(
    private readonly authenticating: AuthenticateCaller,
    private readonly limiting: LimitCaller,
  ) {}

  /** What the caller has shown; undefined on public routes, which do not look at it. */
  async pass(
    request: FastifyRequest,
    reply: FastifyReply,
    isPublic: boolean,
  ): Promise<Result<Credential | undefined, CodedError>> {
    const verified = isPublic
      ? ok(undefined)
      : await this.authenticating.execute(request.headers.authorization, request.ip)
    // A wrong token is counted like none, so guessing is limited by address.
    const userId = verified.ok ? verified.value?.caller.userId : undefined
    const decision = await this.limiting.execute({ userId, address: request.ip })
    showRate(reply, decision)
    if (decision?.allowed === false) {
      return err(gatewayErrors.of('RATE_LIMITED', { retryAfterSeconds: decision.retryAfterSeconds }))
    }
    return verified
  }
}
