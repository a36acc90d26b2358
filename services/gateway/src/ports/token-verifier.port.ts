/** Checks access tokens. Implemented by clients/. Must never accept another algorithm, issuer, audience or type than ours. */
import type { Caller } from '@tradewire/contracts/caller'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface VerifiedToken {
  readonly caller: Caller
  readonly sessionId: string
  readonly expiresAt: Date
}

export abstract class TokenVerifier {
  /** Fails with UNAUTHENTICATED, or KEYS_UNKNOWN while no key was ever learnt. */
  abstract verify(token: string): Promise<Result<VerifiedToken, CodedError>>
}
