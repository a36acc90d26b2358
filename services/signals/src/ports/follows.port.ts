/** What the use cases need of stored follows and known accounts. Called by use cases. Must never leak a row. */
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId, RiskProfileId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { Follow, KnownAccount } from '../domain/model.ts'

export interface FollowFilter {
  readonly userId?: UserId | undefined
  readonly strategyId?: string | undefined
  readonly accountId?: string | undefined
  readonly active?: boolean | undefined
  readonly afterId?: string | undefined
  readonly limit: number
}

export abstract class Follows {
  /** In one statement; answers the ids that were stored: one missing follows the strategy already. */
  abstract insertMany(tx: Transaction, follows: readonly Follow[]): Promise<Set<string>>
  abstract lock(tx: Transaction, id: FollowId): Promise<Follow | undefined>
  abstract update(tx: Transaction, follow: Follow): Promise<void>
  /** Raises the revision of every follow that uses the profile and answers them as they are now. */
  abstract touchByRiskProfile(tx: Transaction, id: RiskProfileId, at: Date): Promise<Follow[]>
  abstract find(id: FollowId): Promise<Follow | undefined>
  /** Of the account in the symbol: active ones first, then the newest. */
  abstract findOf(accountId: string, symbol: string): Promise<Follow | undefined>
  /** How many of these there are, active and of the strategy. */
  abstract countActive(strategyId: StrategyId, ids: readonly FollowId[]): Promise<number>
  abstract list(filter: FollowFilter): Promise<Follow[]>
  abstract rememberAccounts(tx: Transaction, accounts: readonly KnownAccount[]): Promise<void>
}
