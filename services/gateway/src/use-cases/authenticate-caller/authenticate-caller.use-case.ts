/**
 * Who is asking: checks the bearer token and that its session still stands.
 * Called for every request of the API. Must never trust anything of a request but the token.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, type Result } from '@tradewire/kernel/result'
import { RevocationList } from '#domain/revocation-list'
import { gatewayErrors } from '#gateway.errors'
import { TokenVerifier, type VerifiedToken } from '#ports/token-verifier.port'

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i

@Injectable()
export class AuthenticateCaller {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationList,
    private readonly clock: Clock,
  ) {}

  /** Fails with UNAUTHENTICATED (missing, invalid, expired, revoked) or KEYS_UNKNOWN. */
  async execute(authorization: string | undefined): Promise<Result<VerifiedToken, CodedError>> {
    const token = BEARER.exec(authorization ?? '')?.[1]
    if (token === undefined) return err(gatewayErrors.of('UNAUTHENTICATED', { reason: 'missing' }))
    const verified = await this.verifier.verify(token)
    if (!verified.ok) return verified
    const { sessionId, caller } = verified.value
    const revoked = this.revocations.covers(sessionId, caller.userId, this.clock.now())
    return revoked ? err(gatewayErrors.of('UNAUTHENTICATED', { reason: 'revoked' })) : verified
  }
}
