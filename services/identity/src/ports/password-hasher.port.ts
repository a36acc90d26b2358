/** Slow hashing of passwords. Implemented by clients/. Must never run more hashes at once than its slots. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface PasswordCheck {
  readonly matches: boolean
  /** The hash was made with other parameters than today's and shall be made anew. */
  readonly outdated: boolean
}

export abstract class PasswordHasher {
  /** PHC text. Fails with LOGIN_BUSY when too many wait. */
  abstract hash(password: string): Promise<Result<string, CodedError>>
  /** Takes as long for `null` (no such user) as for a hash, and then never matches. Fails with LOGIN_BUSY. */
  abstract check(storedHash: string | null, password: string): Promise<Result<PasswordCheck, CodedError>>
}
