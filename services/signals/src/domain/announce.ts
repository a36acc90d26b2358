/** The events that tell others of strategies and follows. Called by the use cases that change them. Must never name a secret. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { followChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import type { Follow, RiskProfile, Strategy } from './model.ts'

export function strategyNews(strategy: Strategy): DataOf<typeof strategyChanged> {
  const { id, ownerId, name, venue, symbol, entryType, active, revision } = strategy
  return { strategyId: id, ownerId, name, venue, symbol, entryType, active, revision }
}

export function followNews(follow: Follow, profile: RiskProfile): DataOf<typeof followChanged> {
  const { id, strategyId, accountId, userId, riskProfileId, leverage, maxNotional, active, revision } = follow
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
  }
}
