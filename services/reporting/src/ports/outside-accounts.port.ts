/** The accounts that the installation's login of MyFxBook sees. Called by the use case that verifies. Must never tell the login. */
import type { Result } from '@tradewire/kernel/result'
import type { OutsideAccount } from '../domain/verification.ts'

export abstract class OutsideAccounts {
  /** Whether there is a login to ask with. */
  abstract readonly asked: boolean
  /** Fails with the reason in words, for the log. */
  abstract list(): Promise<Result<readonly OutsideAccount[], string>>
}
