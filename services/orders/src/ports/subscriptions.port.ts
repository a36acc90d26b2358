/**
 * What strategies cost, and who has paid for which until when, as billing tells it.
 * Called by planning and by the use cases that hear of it. Must never go back to older news.
 */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { strategyPriced, subscriptionChanged } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { Candidate } from '../domain/gate/gate.ts'
import type { ResolvedSettings } from '../domain/sizing/settings.ts'

export type PriceNews = DataOf<typeof strategyPriced>
export type SubscriptionNews = DataOf<typeof subscriptionChanged>

export interface SoldStrategy {
  readonly strategyId: StrategyId
  /** Null when it costs nothing. */
  readonly soldBy: UserId | null
}

export interface LeavingFollow {
  readonly followId: FollowId
  readonly settings: ResolvedSettings
}

export abstract class Subscriptions {
  abstract rememberPrices(tx: Transaction, news: readonly PriceNews[]): Promise<void>
  /** Of strategies; those of plans are told as entitlements. */
  abstract remember(tx: Transaction, news: readonly SubscriptionNews[]): Promise<void>
  /** The same candidates, with what they have paid for; in one statement, and in none where the strategy costs nothing. */
  abstract of(tx: Transaction, candidates: Candidate[], strategy: SoldStrategy): Promise<Candidate[]>
  /** Follows to the strategy of a subscription that is over, unless its user has another that serves. */
  abstract unserved(tx: Transaction, ended: SubscriptionNews, now: Date): Promise<LeavingFollow[]>
}
