/**
 * Standard Webhooks signatures: HMAC-SHA256 over `id.timestamp.body`, one per live secret.
 * Called for each attempt. Must never sign other bytes than those that are sent.
 */
import { createHmac } from 'node:crypto'
import type { Randomness } from '@tradewire/kernel/randomness'

const secretPrefix = 'whsec_'
const secretBytes = 32
/** Both secrets sign for this long after a rotation. */
export const rotationOverlapMs = 86_400_000

export function newSigningSecret(randomness: Randomness): string {
  return `${secretPrefix}${randomness.bytes(secretBytes).toString('base64')}`
}

export interface SignedHeaders {
  /** Stays the same over retries. */
  readonly 'webhook-id': string
  /** Seconds; of this attempt. */
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

export function signedHeaders(id: string, body: string, secrets: readonly string[], now: Date): SignedHeaders {
  const timestamp = String(Math.floor(now.getTime() / 1_000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
