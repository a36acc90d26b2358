/** What reconciliation remembers of an account. Implemented in store/. Must never be written for a partition held by another. */
import type { DriftKind } from '@tradewire/contracts/rpc/venue-books'
import type { Account } from '#domain/account/account'
import type { DriftFinding } from '#domain/reconcile/drift'
import type { Holding } from '#domain/reconcile/holding'
import type { PositionLoss } from '#domain/reconcile/reconcile'
import type { OwnedPartition } from './leases.port.ts'

export interface AccountBooks {
  /** Null before the first pass. */
  readonly firstReadAt: Date | null
  readonly holdings: readonly Holding[]
  /** Findings that stand. */
  readonly open: readonly DriftFinding[]
}

export interface Conclusion {
  readonly readAt: Date
  readonly holdings: readonly Holding[]
  readonly opened: readonly DriftFinding[]
  readonly resolved: readonly DriftFinding[]
  /** Found and done with at once. */
  readonly passed: readonly DriftFinding[]
  readonly losses: readonly PositionLoss[]
}

export interface StoredDrift extends DriftFinding {
  readonly id: string
  readonly foundAt: Date
  readonly resolvedAt: Date | null
}

export interface DriftFilter {
  /** Undefined for those who see all. */
  readonly seenBy: string | undefined
  readonly accountId: string
  readonly afterId: string | undefined
  readonly limit: number
  readonly state: 'open' | 'resolved' | undefined
  readonly kind: DriftKind | undefined
}

export interface DriftCount {
  readonly kind: DriftKind
  readonly open: number
  readonly resolved: number
}

export abstract class Reconciliations {
  abstract load(accountId: string): Promise<AccountBooks>
  /** In one commit with the news of lost positions; false when another process holds the partition now. */
  abstract conclude(account: Account, owned: OwnedPartition, conclusion: Conclusion): Promise<boolean>
  /** Newest first. */
  abstract list(filter: DriftFilter): Promise<StoredDrift[]>
  abstract counts(accountId: string, seenBy: string | undefined): Promise<DriftCount[]>
}
