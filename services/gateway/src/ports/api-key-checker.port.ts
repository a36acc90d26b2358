/** Knows API keys. Implemented by clients/. Must never keep an answer for longer than a revocation may take. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import type { Credential } from '#domain/credential'

export abstract class ApiKeyChecker {
  /** Fails with UNAUTHENTICATED, also from an address that the key does not allow, or KEYS_UNKNOWN without an answer. */
  abstract check(key: string, address: string): Promise<Result<Credential, CodedError>>
  /** The roles of this user are others now. */
  abstract forgetUser(userId: string): void
}
