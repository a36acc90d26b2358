/**
 * This service's own copy of what others own: strategies, follows, accounts, balances, entitlements, instruments, rates.
 * Called by the use case that learns them and by those that check ownership. Must never go back to older news.
 */
import type { DataOf } from '@tradewire/contracts/define-event'
import type {
  accountChanged,
  accountConnected,
  accountDisconnected,
  balanceUpdated,
  instrumentChanged,
  rateUpdated,
} from '@tradewire/contracts/events/brokers'
import type { entitlementChanged } from '@tradewire/contracts/events/billing'
import type { followChanged, settingsChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import type { FollowId, StrategyId, UserId } from '@tradewire/kernel/ids'

export type StrategyNews = DataOf<typeof strategyChanged>
export type FollowNews = DataOf<typeof followChanged>
export type SettingsNews = DataOf<typeof settingsChanged>
export type BalanceNews = DataOf<typeof balanceUpdated>
export type EntitlementNews = DataOf<typeof entitlementChanged>
export type RateNews = DataOf<typeof rateUpdated>
export type InstrumentNews = DataOf<typeof instrumentChanged>

/** What the user of an account has changed, apart from whether it is connected. */
export type AccountChange = DataOf<typeof accountChanged>

export interface AccountNews extends Pick<
  DataOf<typeof accountConnected>,
  'accountId' | 'userId' | 'venue' | 'environment' | 'label'
> {
  readonly connected: boolean
  /** The code of what ended the connection; null while it stands. */
  readonly disconnectedBy: string | null
  /** connectedAt or disconnectedAt. */
  readonly changedAt: DataOf<typeof accountDisconnected>['disconnectedAt']
}

export abstract class Facts {
  abstract rememberStrategies(tx: Transaction, news: readonly StrategyNews[]): Promise<void>
  abstract rememberFollows(tx: Transaction, news: readonly FollowNews[]): Promise<void>
  /** Takes the word of who paused it by this revision: what came before that is no news any more. */
  abstract pauseFollow(tx: Transaction, followId: FollowId, revision: number): Promise<void>
  abstract rememberSettings(tx: Transaction, news: readonly SettingsNews[]): Promise<void>
  abstract rememberAccounts(tx: Transaction, news: readonly AccountNews[]): Promise<void>
  abstract rememberAccountChanges(tx: Transaction, news: readonly AccountChange[]): Promise<void>
  abstract rememberBalances(tx: Transaction, news: readonly BalanceNews[]): Promise<void>
  abstract rememberEntitlements(tx: Transaction, news: readonly EntitlementNews[]): Promise<void>
  abstract rememberInstruments(tx: Transaction, news: readonly InstrumentNews[]): Promise<void>
  abstract rememberRates(tx: Transaction, news: readonly RateNews[]): Promise<void>
  /** Undefined when there is no such strategy. */
  /** Undefined also when `seenBy` is somebody else; undefined as `seenBy` for those who see all. */
  abstract ownerOfStrategy(strategyId: StrategyId, seenBy: string | undefined): Promise<UserId | undefined>
  abstract ownerOfFollow(followId: FollowId, seenBy: string | undefined): Promise<UserId | undefined>
}
