/** What the use cases need of stored strategies. Called by use cases. Must never leak a row. */
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { Strategy } from '../domain/model.ts'
import type { Venue } from '@tradewire/contracts/common'

export interface StrategyFilter {
  readonly ownerId?: UserId | undefined
  readonly active?: boolean | undefined
  readonly venue?: Venue | undefined
  /** Only the one with this number. */
  readonly number?: number | undefined
  readonly afterId?: string | undefined
  readonly limit: number
}

export abstract class Strategies {
  abstract insert(tx: Transaction, strategy: Strategy): Promise<void>
  /** Locks the row until the transaction ends. */
  abstract lock(tx: Transaction, id: StrategyId): Promise<Strategy | undefined>
  abstract update(tx: Transaction, strategy: Strategy): Promise<void>
  abstract find(id: StrategyId): Promise<Strategy | undefined>
  /** Whose a broker account is; undefined when it is not known. */
  abstract ownerOfAccount(accountId: AccountId): Promise<UserId | undefined>
  /** Newest first, at most `limit`, older than `afterId`. */
  abstract list(filter: StrategyFilter): Promise<Strategy[]>
}
