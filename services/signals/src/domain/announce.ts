/** The events that tell others of strategies and follows. Called by the use cases that change them. Must never name a secret. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { followChanged, signalAccepted, strategyChanged } from '@tradewire/contracts/events/signals'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import type { Follow, RiskProfile, Signal, SignalExceptions, Strategy } from './model.ts'

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

export function signalNews(
  signal: Signal,
  strategy: Strategy,
  exceptions: SignalExceptions | undefined,
): DataOf<typeof signalAccepted> {
  return {
    signalId: signal.id,
    strategyId: strategy.id,
    source: signal.source,
    venue: strategy.venue,
    symbol: strategy.symbol,
    side: signal.side,
    entryType: exceptions?.entryType ?? strategy.entryType,
    price: signal.price,
    stop: signal.stop,
    targets: [...signal.targets],
    trailing: signal.trailing,
    ...(exceptions && { followIds: [...exceptions.followIds] }),
    receivedAt: signal.receivedAt.toISOString(),
    expiresAt: signal.expiresAt.toISOString(),
  }
}

/** Null when nothing is said, as with most follows: an event for each of many stays short. */
function settingsOr(settings: TradeSettings): TradeSettings | null {
  return Object.keys(settings).length === 0 ? null : settings
}
