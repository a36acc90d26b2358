/** Whose owners are to be told that a key ends. Implemented in store/. Must never name an account twice for the same warning. */
import type { Transaction } from '@tradewire/database/transaction'
import type { EndingKey } from '#domain/account/key-end'

export abstract class KeyWarnings {
  /** Of these accounts, those whose key ends soon and whose owner has not been told so, by the database's clock. */
  abstract due(accountIds: readonly string[]): Promise<readonly string[]>
  /** Notes that the owners are told now; answers those for whom it is news. */
  abstract note(tx: Transaction, accountIds: readonly string[]): Promise<readonly EndingKey[]>
}
