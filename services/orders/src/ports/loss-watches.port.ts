/**
 * Follows with loss limits, and from what equity their losses count; kept, so that a restart forgets nothing.
 * Called when balances are told and when a switch is released. Must never be asked per follow where there are many.
 */
import type { Venue } from '@tradewire/contracts/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId } from '@tradewire/kernel/ids'
import type { Bases, ToldEquity } from '../domain/stopping/loss-limit.ts'
import type { ResolvedSettings } from '../domain/sizing/settings.ts'
import type { BalanceNews } from './facts.port.ts'

export interface StoredBases {
  readonly followId: FollowId
  readonly bases: Bases
  /** Grows with each save; 0 when nothing has been stored. */
  readonly revision: number
}

export interface WatchedFollow extends StoredBases {
  readonly userId: string
  /** Null as long as nothing but its balance is known of the account. */
  readonly venue: Venue | null
  /** Of the strategy. */
  readonly ownerId: string
  readonly settings: ResolvedSettings
  readonly told: ToldEquity
  /** The balance that this service knows until now. */
  readonly known: ToldEquity | null
}

export abstract class LossWatches {
  /** The active follows with loss limits on the accounts of this news, in one statement. */
  abstract watched(tx: Transaction, news: readonly BalanceNews[]): Promise<WatchedFollow[]>

  /** Throws a TransactionConflictError where one is no longer as it was read. */
  abstract save(tx: Transaction, changed: readonly StoredBases[]): Promise<void>

  /** The period of this switch counts anew, from the equity that is told next. */
  abstract restart(tx: Transaction, followId: string, killSwitchId: string): Promise<void>
}
