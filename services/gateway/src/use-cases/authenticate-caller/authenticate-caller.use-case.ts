/**
 * Who is asking: checks the access token or API key, and that it was not revoked.
 * Called for every request of the API. Must never trust anything of a request but the token.
 */
import { Injectable } from '@nestjs/common'
import { apiKeyStart } from '@tradewire/contracts/rpc/api-keys'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, type Result } from '@tradewire/kernel/result'
import type { Credential } from '#domain/credential'
import { RevocationList } from '#domain/revocation-list'
import { gatewayErrors } from '#gateway.errors'
import { ApiKeyChecker } from '#ports/api-key-checker.port'
import { TokenVerifier } from '#ports/token-verifier.port'

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i

@Injectable()
export class AuthenticateCaller {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly apiKeys: ApiKeyChecker,
    private readonly revocations: RevocationList,
    private readonly clock: Clock,
  ) {}

  /** Fails with UNAUTHENTICATED (missing, invalid, expired, revoked) or KEYS_UNKNOWN. */
  async execute(authorization: string | undefined, address: string): Promise<Result<Credential, CodedError>> {
    const token = BEARER.exec(authorization ?? '')?.[1]
    if (token === undefined) return err(gatewayErrors.of('UNAUTHENTICATED', { reason: 'missing' }))
    const verified = await (token.startsWith(apiKeyStart)
      ? this.apiKeys.check(token, address)
      : this.verifier.verify(token))
    if (!verified.ok) return verified
    const { id, caller } = verified.value
    const revoked = this.revocations.covers(id, caller.userId, this.clock.now())
    return revoked ? err(gatewayErrors.of('UNAUTHENTICATED', { reason: 'revoked' })) : verified
  }
}
