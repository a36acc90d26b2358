/**
 * API keys: random text that is shown once, known again by its start, stored as a hash.
 * Called by the use cases of API keys. Must never be stored or logged as text.
 */
import { apiKeyStart, type ApiKeyView } from '@tradewire/contracts/rpc/api-keys'
import type { Role } from '@tradewire/contracts/caller'
import type { Id, UserId } from '@tradewire/kernel/ids'
import type { Randomness } from '@tradewire/kernel/randomness'

export type ApiKeyId = Id<'ApiKey'>

export interface ApiKey {
  readonly id: ApiKeyId
  readonly userId: UserId
  readonly name: string
  readonly prefix: string
  readonly scopes: ApiKeyView['scopes']
  readonly addresses: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

/** A key as its check needs it: with the roles that its user has now. */
export interface CheckedKey extends ApiKey {
  readonly roles: readonly Role[]
}

const secretBytes = 32
const shownChars = 6

export function newApiKey(randomness: Randomness): { readonly text: string; readonly prefix: string } {
  const text = apiKeyStart + randomness.bytes(secretBytes).toString('base64url')
  return { text, prefix: text.slice(0, apiKeyStart.length + shownChars) }
}

export function viewOf(key: ApiKey): ApiKeyView {
  const { id, name, prefix, scopes, addresses } = key
  return {
    id,
    name,
    prefix,
    scopes: [...scopes],
    addresses: [...addresses],
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  }
}
