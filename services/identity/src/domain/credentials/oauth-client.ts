/**
 * OAuth clients: machines that act for a user, within scopes. Their secrets are random text, shown once, stored as a hash.
 * Called by the use cases of clients. Must never store or log a secret as text.
 */
import { createHash } from 'node:crypto'
import type { ApiKeyScope, Role } from '@tradewire/contracts/caller'
import { clientSecretStart, type OauthClientView } from '@tradewire/contracts/rpc/oauth'
import { type Id, idOf, type UserId } from '@tradewire/kernel/ids'
import type { Randomness } from '@tradewire/kernel/randomness'

export type OauthClientId = Id<'OauthClient'>

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export interface OauthClient {
  readonly id: OauthClientId
  readonly userId: UserId
  readonly name: string
  readonly scopes: readonly ApiKeyScope[]
  readonly secrets: readonly { readonly prefix: string; readonly createdAt: Date; readonly endsAt: Date | null }[]
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** A client as its token needs it: with the roles that its user has now. */
export interface CheckedClient {
  readonly userId: UserId
  readonly scopes: readonly ApiKeyScope[]
  readonly roles: readonly Role[]
}

/** Null for text that is no id of a client. */
export function clientIdIn(text: string): OauthClientId | null {
  return UUID.test(text) ? idOf<'OauthClient'>(text.toLowerCase()) : null
}

const secretBytes = 32
const shownChars = 6

export interface NewSecret {
  readonly text: string
  readonly prefix: string
  readonly hash: Buffer
}

export function newClientSecret(randomness: Randomness): NewSecret {
  const text = clientSecretStart + randomness.bytes(secretBytes).toString('base64url')
  return { text, prefix: text.slice(0, clientSecretStart.length + shownChars), hash: secretHashOf(text) }
}

/** SHA-256 is enough: a secret has 256 random bits. */
export function secretHashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Those wanted, each once; null when one of them is not the client's. */
export function grantedScopes(
  own: readonly ApiKeyScope[],
  wanted: readonly string[] | null,
): readonly ApiKeyScope[] | null {
  if (wanted === null) return own
  const granted = own.filter((scope) => wanted.includes(scope))
  return granted.length > 0 && wanted.every((scope) => (own as readonly string[]).includes(scope)) ? granted : null
}

export function viewOf({ id, secrets, ...client }: OauthClient): OauthClientView {
  return {
    clientId: id,
    userId: client.userId,
    name: client.name,
    scopes: [...client.scopes],
    secrets: secrets.map(({ prefix, createdAt, endsAt }) => ({
      prefix,
      createdAt: createdAt.toISOString(),
      endsAt: endsAt?.toISOString() ?? null,
    })),
    createdAt: client.createdAt.toISOString(),
    lastUsedAt: client.lastUsedAt?.toISOString() ?? null,
  }
}
