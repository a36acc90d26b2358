/** What use cases need of stored second factors. Implemented by store/. Must never store a secret or a recovery code as text. */
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { AttemptCount } from '#domain/limits/login-throttle'
import type { SecondFactor } from '#domain/credentials/second-factor'

export interface LockedFactor extends SecondFactor {
  /** The database's time: the only clock that all replicas share. */
  readonly now: Date
}

export abstract class SecondFactors {
  /** Keeps a secret that waits for its confirmation; false when one is confirmed already. */
  abstract offer(tx: Transaction, userId: UserId, secret: string): Promise<boolean>
  /** Held until the transaction ends; null when the user has none, confirmed or not. */
  abstract lock(tx: Transaction, userId: UserId): Promise<LockedFactor | null>
  abstract confirm(tx: Transaction, userId: UserId, recoveryHashes: readonly Buffer[]): Promise<void>
  abstract count(tx: Transaction, userId: UserId, counted: AttemptCount): Promise<void>
  /** The code of this step was taken: the count starts again. */
  abstract take(tx: Transaction, userId: UserId, step: number): Promise<void>
  /** True when the code was one of the user's and unused; the count then starts again. */
  abstract takeRecovery(tx: Transaction, userId: UserId, hash: Buffer): Promise<boolean>
  /** False when there was none that was confirmed. */
  abstract remove(tx: Transaction, userId: UserId): Promise<boolean>
}
