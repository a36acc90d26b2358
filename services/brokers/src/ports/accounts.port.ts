/** What use cases need of stored accounts. Implemented in store/. Must never offer a credential but by `unseal`. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Result } from '@tradewire/kernel/result'
import type { Account, AccountChanges, AccountKey, AccountStatus, NewAccount } from '#domain/account/account'
import type { EarlierLeverage } from '#domain/account/believed-leverages'
import type { Reason } from '#domain/attempt/attempt'
import type { Allowance } from './allowances.port.ts'

export interface AccountFilter {
  /** Whose accounts there are at all; undefined for those who see all. */
  readonly seenBy: string | undefined
  readonly afterId: string | undefined
  readonly limit: number
  readonly userId: string | undefined
  readonly venues: readonly string[] | undefined
  readonly status: string | undefined
  readonly accountIds: readonly string[] | undefined
  /** Only those with this label or number. */
  readonly called?: string | undefined
}

export interface UnsealedAccount {
  readonly account: Account
  readonly credentials: Record<string, string>
  /** What earlier sessions have set lately. */
  readonly leverages: readonly EarlierLeverage[]
}

export interface AccountNews {
  /** Ids of accounts that a session can be made for. */
  readonly usable: readonly string[]
  /** Ids of accounts that were removed or whose credentials the venue refuses. */
  readonly unusable: readonly string[]
  /** The database's time of the look, to go on from. */
  readonly at: Date
}

export abstract class Accounts {
  /**
   * Seals the credentials, stores the account and tells that it is connected, in one commit. Answers the allowance where
   * it is used up: then nothing was stored.
   */
  abstract connect(account: NewAccount, credentials: Record<string, string>): Promise<Result<Account, Allowance>>
  /** Null also when `seenBy` is somebody else; undefined for those who see all. */
  abstract get(accountId: string, seenBy: string | undefined): Promise<Account | null>
  abstract list(filter: AccountFilter): Promise<Account[]>
  /** With credentials: for sessions alone. Accounts that are gone are left out. Throws MasterKeysUnavailable. */
  abstract unseal(accountIds: readonly string[]): Promise<UnsealedAccount[]>
  /** The same for one; undefined when it is gone. */
  abstract unsealOne(accountId: string): Promise<UnsealedAccount | 'keys-unavailable' | undefined>
  /** Accounts of these partitions that changed after the moment; all of them without a moment. */
  abstract changedSince(partitions: readonly number[], since: Date | null): Promise<AccountNews>
  /** Answers the account when its status really changed: callers tell of that once. */
  abstract setStatus(
    tx: Transaction,
    accountId: string,
    change: { readonly status: AccountStatus; readonly reason: Reason | null },
  ): Promise<Account | null>
  /** Answers the account when something of it really changed. */
  abstract change(tx: Transaction, accountId: string, changes: AccountChanges): Promise<Account | null>
  /** What the venue tells of the key now. */
  abstract noteKey(accountId: string, key: AccountKey): Promise<void>
  /** Destroys the credentials and keeps the row, whose id stands in trades and attempts. */
  abstract remove(tx: Transaction, accountId: string): Promise<void>
}
