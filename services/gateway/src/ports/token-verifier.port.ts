/** Checks access tokens. Implemented by clients/. Must never accept another algorithm, issuer, audience or type than ours. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import type { Credential } from '#domain/credential'

export abstract class TokenVerifier {
  /** Fails with UNAUTHENTICATED, or KEYS_UNKNOWN while no key was ever learnt. */
  abstract verify(token: string): Promise<Result<Credential, CodedError>>
}
