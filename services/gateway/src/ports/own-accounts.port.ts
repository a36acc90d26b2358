/** Which broker accounts are the caller's own. Implemented by clients/. Must never name another user's account. */
import type { Caller } from '@tradewire/contracts/caller'

export abstract class OwnAccounts {
  /** Account ids; none when the owning service does not answer. */
  abstract of(caller: Caller): Promise<ReadonlySet<string>>
}
