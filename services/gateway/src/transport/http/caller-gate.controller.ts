/** The gate before every route of the API: who is asking, and not too often. Called by routes. Must never be skipped but for alerts. */
import { Injectable } from '@nestjs/common'
import type { RouteContract } from '@tradewire/contracts/define-route'
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
    { access, counting }: Pick<RouteContract, 'access' | 'counting'>,
  ): Promise<Result<Credential | undefined, CodedError>> {
    const verified =
      access === 'public' ? ok(undefined) : await this.authenticating.execute(request.headers.authorization, request.ip)
    // A wrong token is counted like none, so guessing is limited by address.
    const caller = verified.ok ? verified.value?.caller : undefined
    const counted = await this.limiting.execute({ caller, address: request.ip, counting })
    if (!counted.ok) return counted
    showRate(reply, counted.value)
    if (counted.value?.allowed === false) {
      return err(gatewayErrors.of('RATE_LIMITED', { retryAfterSeconds: counted.value.retryAfterSeconds }))
    }
    return verified
  }
}
