/** What a new follow is checked against, read in bulk. Called by CreateFollows. Must never write. */
import type { AccountId, RiskProfileId, StrategyId } from '@tradewire/kernel/ids'
import type { KnownAccount, RiskProfile, Strategy } from '../domain/model.ts'

export abstract class FollowSources {
  abstract strategies(ids: readonly StrategyId[]): Promise<Map<string, Strategy>>
  abstract riskProfiles(ids: readonly RiskProfileId[]): Promise<Map<string, RiskProfile>>
  abstract accounts(ids: readonly AccountId[]): Promise<Map<string, KnownAccount>>
}
