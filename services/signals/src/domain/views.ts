/** What callers see of strategies, profiles, follows and signals. Called by the use cases. Must never show a digest. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { getFollow, getStrategy, listSignals, updateRiskProfile } from '@tradewire/contracts/rpc/signals'
import type { getSettings } from '@tradewire/contracts/rpc/settings'
import type { Follow, LayerSettings, RiskProfile, Signal, Strategy } from './model.ts'

export type StrategyView = ReplyOf<typeof getStrategy>
export type RiskProfileView = ReplyOf<typeof updateRiskProfile>
export type SettingsView = ReplyOf<typeof getSettings>
export type FollowView = ReplyOf<typeof getFollow>
export type SignalView = ReplyOf<typeof listSignals>['items'][number]

export function viewStrategy({ secrets: _, revision: __, ...strategy }: Strategy): StrategyView {
  return { ...strategy, createdAt: strategy.createdAt.toISOString(), updatedAt: strategy.updatedAt.toISOString() }
}

export function viewRiskProfile(profile: RiskProfile): RiskProfileView {
  return { ...profile, createdAt: profile.createdAt.toISOString(), updatedAt: profile.updatedAt.toISOString() }
}

export function viewSettings({ revision: _, ...layer }: LayerSettings): SettingsView {
  return { ...layer, updatedAt: layer.updatedAt?.toISOString() ?? null }
}

export function viewFollow({ revision: _, ...follow }: Follow): FollowView {
  return { ...follow, createdAt: follow.createdAt.toISOString(), updatedAt: follow.updatedAt.toISOString() }
}

export function viewSignal(signal: Signal): SignalView {
  return {
    ...signal,
    targets: [...signal.targets],
    receivedAt: signal.receivedAt.toISOString(),
    expiresAt: signal.expiresAt.toISOString(),
  }
}
