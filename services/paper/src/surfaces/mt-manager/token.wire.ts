/**
 * The tokens of a manager's client: signed with its secret, they name the client, its scope and when they end.
 * Called by the authority, which gives them out, and for every call. Must never take one whose signature is another's.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Account, VenueState } from '#domain/state'
import { z } from 'zod'

export const venueName = 'mt-manager'
export const apiScope = 'webapi'

const secondMs = 1_000
const header = Buffer.from('{"alg":"HS256","typ":"at+jwt"}').toString('base64url')
const payloadSchema = z.object({ client_id: z.string(), scope: z.array(z.string()), exp: z.int() })

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

/** Undefined for a client that nobody has, or with another secret. */
export function clientOf(state: VenueState, clientId: string, secret: string): Account | undefined {
  const account = state.accountsByKey.get(clientId)
  return account?.venue === venueName && same(account.secret, secret) ? account : undefined
}

export function tokenOf(client: Account, now: number, lifeMs: number): string {
  const [nbf, exp] = [now, now + lifeMs].map((at) => Math.floor(at / secondMs))
  const payload = { nbf, exp, client_id: client.apiKey, scope: [apiScope] }
  const text = `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
  return `${text}.${signatureOf(text, client.secret)}`
}

/** Whose token it is; undefined for one that was never given out or has ended. */
export function ownerOf(state: VenueState, token: string, now: number): Account | undefined {
  const parts = token.split('.')
  const parsed = payloadSchema.safeParse(json(Buffer.from(parts[1] ?? '', 'base64url').toString()))
  if (!parsed.success || parts.length !== 3 || parsed.data.exp * secondMs <= now) return undefined
  const client = state.accountsByKey.get(parsed.data.client_id)
  if (client?.venue !== venueName || !parsed.data.scope.includes(apiScope)) return undefined
  return same(signatureOf(`${parts[0]}.${parts[1]}`, client.secret), parts[2] ?? '') ? client : undefined
}

function same(wanted: string, given: string): boolean {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
