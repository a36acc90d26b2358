/** Who holds which partition. Implemented in store/. Must never let two processes hold one at once. */
import type { LeaseView } from '#domain/sending/partition-plan'

export interface OwnedPartition {
  readonly partition: number
  readonly generation: string
}

/** Whether a partition is held in this generation and in no later one. */
export type IsHeld = (owned: OwnedPartition) => boolean

export interface Heartbeat {
  readonly leases: readonly LeaseView[]
  readonly owned: readonly OwnedPartition[]
  /** Processes heard of lately, this one included. */
  readonly living: number
  /** The database's time while the statement ran. */
  readonly now: Date
}

export abstract class Leases {
  /** Renews what this process holds, says that it lives and looks around. */
  abstract heartbeat(owner: string, leaseMs: number): Promise<Heartbeat>
  /** Takes free or expired partitions; the generation grows with each new owner. */
  abstract take(owner: string, partitions: readonly number[], leaseMs: number): Promise<OwnedPartition[]>
  abstract release(owner: string, partitions: readonly number[]): Promise<void>
  /** A stopping process holds nothing and is counted no longer. */
  abstract leave(owner: string): Promise<void>
}
