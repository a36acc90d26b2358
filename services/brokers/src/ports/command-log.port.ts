/** Where commands are stored before they have any effect. Implemented in store/. Must never store for a partition held by another. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Reason } from '#domain/attempt/attempt'
import type { StoredAttempt } from './attempts.port.ts'
import type { IsHeld, OwnedPartition } from './leases.port.ts'

export interface DoubtfulCommand {
  readonly intentId: string
  /** Of the partition's owner that may have stored it. */
  readonly generation: string
}

export abstract class CommandLog {
  /** Those of doubtful commands that are stored, as they were then: nothing was done about them since. */
  abstract stored(tx: Transaction, doubtful: readonly DoubtfulCommand[]): Promise<ReadonlySet<string>>
  /** Which of these are still held in these generations; locked against take-over until commit. */
  abstract fence(tx: Transaction, wanted: readonly OwnedPartition[]): Promise<IsHeld>
  /** Stores new attempts; answers the ids that were new. A command that came twice is stored once. */
  abstract insert(tx: Transaction, rows: readonly StoredAttempt[]): Promise<ReadonlySet<string>>
  /** Says of new attempts why they wait; the next result replaces it. */
  abstract noteWait(tx: Transaction, intentIds: readonly string[], reason: Reason): Promise<void>
  /** Remembers that these shall be cancelled; answers the ids that exist. */
  abstract requestCancel(tx: Transaction, intentIds: readonly string[]): Promise<ReadonlySet<string>>
}
