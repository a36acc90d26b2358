/** The events that tell others of strategies and follows. Called by the use cases that change them. Must never name a secret. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { followChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import type { Follow, RiskProfile, Strategy } from './model.ts'

export function strategyNews(strategy: Strategy): DataOf<typeof strategyChanged> {
  const { id, ownerId, name, venue, symbol, entryType, active, providerAccountId, myfxbookUrl, revision } = strategy
  const said = settingsOr(strategy.settings)
  return {
    strategyId: id,
    ownerId,
    name,
    venue,
    symbol,
    entryType,
    active,
    revision,
    ...(said && { settings: said }),
    ...(providerAccountId !== null && { providerAccountId }),
    ...(myfxbookUrl !== null && { myfxbookUrl }),
  }
}

export function followNews(follow: Follow, profile: RiskProfile): DataOf<typeof followChanged> {
  const { id, strategyId, accountId, userId, riskProfileId, leverage, maxNotional, active, revision } = follow
  const said = settingsOr(follow.settings)
  const profileSaid = settingsOr(profile.settings)
  return {
    followId: id,
    strategyId,
    accountId,
    userId,
    riskProfileId,
    riskPercent: profile.riskPercent,
    leverage,
    maxNotional,
    active,
    revision,
    ...(profileSaid && { profileSettings: profileSaid }),
    ...(said && { settings: said }),
  }
}

/** Null when nothing is said, as with most follows: an event for each of many stays short. */
function settingsOr(settings: TradeSettings): TradeSettings | null {
  return Object.keys(settings).length === 0 ? null : settings
}
