/**
 * Passkeys (WebAuthn): what a browser is asked for, and what is kept of its answer. Called by the use cases of passkeys.
 * Pure. Must never ask for an attestation: which make of authenticator somebody has is not our business.
 */
import { createHash } from 'node:crypto'
import type { PasskeyOffer, PasskeyView } from '@tradewire/contracts/rpc/passkeys'
import type { Id, UserId } from '@tradewire/kernel/ids'
import type { Randomness } from '@tradewire/kernel/randomness'

export type PasskeyId = Id<'Passkey'>

export interface Passkey {
  readonly id: PasskeyId
  readonly userId: UserId
  readonly name: string
  readonly credentialId: string
  /** COSE key. */
  readonly publicKey: Buffer
  /** What the authenticator counted last; 0 for ever with those that do not count. */
  readonly counter: number
  readonly transports: readonly string[]
  readonly backedUp: boolean
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** To whom passkeys are bound. */
export interface RelyingParty {
  readonly id: string
  /** As the browser shows it. */
  readonly name: string
  readonly origins: readonly string[]
}

const challengeBytes = 32
export const challengeLifetimeMs = 300_000
/** COSE: EdDSA, ES256, RS256. */
export const algorithms: readonly number[] = [-8, -7, -257]

export function newChallenge(randomness: Randomness): string {
  return randomness.bytes(challengeBytes).toString('base64url')
}

export function challengeHashOf(challenge: string): Buffer {
  return createHash('sha256').update(challenge).digest()
}

/** Without a setting of their own, passkeys are bound to where the gateway is reached. */
export function partyOf(config: {
  readonly publicUrl: string
  readonly organisationName: string
  readonly passkeyDomain?: string | undefined
  readonly passkeyOrigins: readonly string[]
}): RelyingParty {
  const { hostname, origin } = new URL(config.publicUrl)
  const origins = config.passkeyOrigins.length === 0 ? [origin] : config.passkeyOrigins
  return { id: config.passkeyDomain ?? hostname, name: config.organisationName, origins }
}

export function offerOf(
  challenge: string,
  { id, name }: RelyingParty,
  user: { readonly id: UserId; readonly username: string; readonly known: readonly Passkey[] },
): PasskeyOffer {
  return {
    challenge,
    rp: { id, name },
    user: { id: Buffer.from(user.id).toString('base64url'), name: user.username, displayName: user.username },
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: challengeLifetimeMs,
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'preferred' },
    excludeCredentials: user.known.map((known) => ({
      type: 'public-key' as const,
      id: known.credentialId,
      transports: [...known.transports],
    })),
  }
}

/** The challenge that the browser says it signed; null when it says nothing readable. */
export function challengeIn({ response }: { readonly response: { readonly clientDataJSON: string } }): string | null {
  try {
    const said = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8')) as {
      challenge?: unknown
    }
    return typeof said.challenge === 'string' ? said.challenge : null
  } catch {
    return null
  }
}

export function viewOf({ id, name, backedUp, createdAt, lastUsedAt }: Passkey): PasskeyView {
  return {
    id,
    name,
    backedUp,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
