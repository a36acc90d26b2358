/** What use cases need of stored OAuth clients. Implemented by store/. Must never store a secret as text. */
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { CheckedClient, NewSecret, OauthClient, OauthClientId } from '#domain/credentials/oauth-client'

export type StoredSecret = Pick<NewSecret, 'prefix' | 'hash'>

export abstract class OauthClients {
  /** Null when there are as many living clients as allowed. */
  abstract add(
    tx: Transaction,
    client: Pick<OauthClient, 'id' | 'userId' | 'name' | 'scopes'>,
    secret: StoredSecret,
    livingMax: number,
  ): Promise<OauthClient | null>
  /** Newest first. */
  abstract living(): Promise<readonly OauthClient[]>
  /** Holds the living client until the transaction ends. */
  abstract lock(tx: Transaction, id: OauthClientId): Promise<OauthClient | null>
  /** The newest secret before works for the overlap, older ones end now. */
  abstract rotate(
    tx: Transaction,
    id: OauthClientId,
    secret: StoredSecret,
    overlapSeconds: number,
  ): Promise<OauthClient>
  abstract revoke(tx: Transaction, id: OauthClientId): Promise<void>
  /** Answers the clients that lived until now. */
  abstract revokeAllOf(tx: Transaction, userId: UserId): Promise<readonly OauthClientId[]>
  /** A living client of a user who is not disabled, with this working secret; noted as used now. */
  abstract use(id: OauthClientId, secretHash: Buffer): Promise<CheckedClient | null>
}
