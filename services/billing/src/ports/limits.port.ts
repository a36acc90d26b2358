/** Accounts whose plans limit what they hold, and what they hold. Called by the watch of limits. Must never forget who was told. */
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import type { AccountTotal, LimitedAccount } from '../domain/subscriptions/near-limit.ts'

export abstract class Limits {
  /** Accounts that follow something, from `after` on, by id. */
  abstract accounts(after: string | undefined, limit: number): Promise<LimitedAccount[]>
  /** False when another process has seen it change meanwhile. */
  abstract remember(tx: Transaction, account: LimitedAccount, near: boolean): Promise<boolean>
}

export abstract class AccountTotals {
  /** Those that nothing was heard of are left out. */
  abstract of(accountIds: readonly string[]): Promise<Result<readonly AccountTotal[], CodedError>>
}
