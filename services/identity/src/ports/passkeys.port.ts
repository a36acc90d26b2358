/** What use cases need of stored passkeys and challenges. Implemented by store/. Must never hold a challenge that was used. */
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { Passkey, PasskeyId } from '#domain/credentials/passkey'

export type NewPasskey = Omit<Passkey, 'createdAt' | 'lastUsedAt'>

export abstract class Passkeys {
  /** Null when an authenticator has it stored before, whosever it is. */
  abstract add(tx: Transaction, passkey: NewPasskey): Promise<Passkey | null>
  /** Newest first. */
  abstract of(tx: Transaction, userId: UserId): Promise<readonly Passkey[]>
  /** Holds it until the transaction ends. */
  abstract lock(tx: Transaction, userId: UserId, credentialId: string): Promise<Passkey | null>
  /** It has proven its user now; answers the database's time. */
  abstract use(tx: Transaction, id: PasskeyId, counter: number): Promise<Date>
  /** False when the user has no such passkey. */
  abstract remove(tx: Transaction, userId: UserId, id: PasskeyId): Promise<boolean>
  /** True when there were some. */
  abstract removeAll(tx: Transaction, userId: UserId): Promise<boolean>
  /** Of a user who is to add one; null to prove one. */
  abstract addChallenge(hash: Buffer, userId: UserId | null, lifetimeMs: number): Promise<void>
  /** Uses it up. False when it was used, is too old, or is for something else. */
  abstract takeChallenge(tx: Transaction, hash: Buffer, userId: UserId | null): Promise<boolean>
}
