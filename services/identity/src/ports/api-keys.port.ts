/** What use cases need of stored API keys. Implemented by store/. Must never store a key as text. */
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { ApiKey, ApiKeyId, CheckedKey } from '#domain/credentials/api-key'

export interface NewApiKey {
  readonly id: ApiKeyId
  readonly userId: UserId
  readonly name: string
  readonly prefix: string
  readonly hash: Buffer
  readonly scopes: ApiKey['scopes']
  readonly addresses: readonly string[]
  readonly expiresInDays: number | null
}

export abstract class ApiKeys {
  /** Null when the user has as many living keys as allowed. */
  abstract add(tx: Transaction, key: NewApiKey, livingMax: number): Promise<ApiKey | null>
  /** Newest first; those that work. */
  abstract livingOf(userId: UserId): Promise<readonly ApiKey[]>
  /** False when the user has no such living key. */
  abstract revoke(tx: Transaction, userId: UserId, id: ApiKeyId): Promise<boolean>
  /** A working key of a user who is not disabled, noted as used now; null when there is none. */
  abstract use(hash: Buffer): Promise<CheckedKey | null>
}
