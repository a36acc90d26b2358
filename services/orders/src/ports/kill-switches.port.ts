/** Kill switches as they are kept: engaged, applied, released, never deleted. Implemented in store/. Must never engage beside a planning. */
import type { Transaction } from '@tradewire/database/transaction'
import type { StrategyId } from '@tradewire/kernel/ids'
import type { KillSwitch, KillSwitchScope, ReleaseRequest } from '../domain/stopping/kill-switch.ts'

export interface KillSwitchFilter {
  /** Whose switches: those of an owner's strategies, follows and accounts, and the platform's; everyone's without it. */
  readonly ownerId: string | null
  readonly engagedOnly: boolean
  readonly before: string | null
  readonly limit: number
}

export abstract class KillSwitches {
  /**
   * Waits until no signal is being planned. What is stored then is seen by whatever is planned after the commit, and
   * whatever was planned before can be seen by those who apply it.
   */
  abstract awaitPlannings(tx: Transaction): Promise<void>
  abstract engage(tx: Transaction, switches: readonly KillSwitch[]): Promise<void>
  /** Those that can concern followers of the strategy. */
  abstract engagedFor(tx: Transaction, strategyId: StrategyId): Promise<KillSwitch[]>
  abstract list(filter: KillSwitchFilter): Promise<KillSwitch[]>
  /** Locked until the commit. */
  abstract lock(
    tx: Transaction,
    id: string,
  ): Promise<{ readonly killSwitch: KillSwitch; readonly request: ReleaseRequest | null } | undefined>
  abstract requestRelease(tx: Transaction, id: string, request: ReleaseRequest): Promise<void>
  abstract release(tx: Transaction, id: string, by: string, at: Date): Promise<void>
  /** Releases those whose time has come; answers them. */
  abstract releaseEnded(tx: Transaction, now: Date): Promise<KillSwitch[]>
  /** Engaged ones whose cancels and closes have not all been asked for. */
  abstract unapplied(): Promise<KillSwitch[]>
  abstract markApplied(id: string, at: Date): Promise<void>
  /** Whose the strategy, follow or account is; undefined when there is none. */
  /** Undefined also when `seenBy` is somebody else; undefined as `seenBy` for those who see all. */
  abstract ownerOf(
    scope: Exclude<KillSwitchScope, 'platform'>,
    scopeId: string,
    seenBy: string | undefined,
  ): Promise<string | undefined>
}
