/** What use cases need of stored attempts. Implemented in store/. Must never hand out a row that is not parsed. */
import type { Attempt } from '#domain/attempt/attempt'

/** An attempt with what only the store and the writer care about. */
export interface StoredAttempt {
  readonly attempt: Attempt
  readonly generation: string
  /** The trace that its command belongs to. */
  readonly trace: string | null
}

export abstract class Attempts {
  /** Those that have not ended, oldest first. */
  abstract openOf(partitions: readonly number[]): Promise<StoredAttempt[]>
  abstract openCount(accountId: string): Promise<number>
  /** For news of orders that are in memory no longer. */
  abstract byClientOrderId(accountId: string, clientOrderId: string): Promise<StoredAttempt | null>
  abstract byIntents(
    intentIds: readonly string[],
  ): Promise<readonly { readonly attempt: Attempt; readonly updatedAt: Date }[]>
}
