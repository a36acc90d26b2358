/**
 * What `signals` keeps: strategies, risk profiles, follows and the signals themselves.
 * Called by use cases and stores. Must never know how any of it is stored.
 */
import type { Side, Venue } from '@tradewire/contracts/common'
import type { SettingsScope, TradeSettings } from '@tradewire/contracts/trade-settings'
import type { AccountId, FollowId, RiskProfileId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { StrategySecrets } from './secret.ts'

export type EntryType = 'market' | 'limit'

export interface Strategy {
  readonly id: StrategyId
  readonly ownerId: UserId
  readonly name: string
  readonly description: string | null
  readonly venue: Venue
  readonly symbol: string
  readonly entryType: EntryType
  readonly signalMaxAgeSeconds: number
  readonly settings: TradeSettings
  /** By whose equity proportional sizes go; null for none. */
  readonly providerAccountId: AccountId | null
  /** Where its figures can be compared; null for nowhere. */
  readonly myfxbookUrl: string | null
  readonly active: boolean
  readonly secrets: StrategySecrets
  /** Grows by one with each change. */
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface RiskProfile {
  readonly id: RiskProfileId
  readonly name: string
  readonly riskPercent: string
  readonly settings: TradeSettings
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface Follow {
  readonly id: FollowId
  readonly strategyId: StrategyId
  readonly accountId: AccountId
  readonly userId: UserId
  readonly riskProfileId: RiskProfileId
  readonly leverage: number
  readonly maxNotional: string | null
  readonly settings: TradeSettings
  readonly active: boolean
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What holds for all entries, or for those of one account. */
export interface LayerSettings {
  readonly scope: SettingsScope
  /** Null for the platform. */
  readonly scopeId: string | null
  readonly settings: TradeSettings
  /** Zero as long as nothing was ever said. */
  readonly revision: number
  readonly updatedAt: Date | null
}

/** A broker account as brokers announced it. */
export interface KnownAccount {
  readonly accountId: AccountId
  readonly userId: UserId
  readonly venue: Venue
}

export interface Signal {
  readonly id: SignalId
  readonly strategyId: StrategyId
  readonly source: 'TRADINGVIEW' | 'OPERATOR'
  readonly side: Side
  readonly price: string
  readonly stop: { readonly price: string; readonly type: 'market' | 'limit' }
  readonly targets: readonly string[]
  readonly trailing: { readonly triggerPercent: string; readonly callbackRatePercent: string } | null
  readonly receivedAt: Date
  readonly expiresAt: Date
  readonly duplicates: number
}

/** Where a signal does not go the strategy's own way. */
export interface SignalExceptions {
  readonly entryType: EntryType
  /** Only these of its followers. */
  readonly followIds: readonly FollowId[]
}
