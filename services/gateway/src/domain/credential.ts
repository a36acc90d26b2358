/**
 * What a caller has shown, and whether that is enough for a route: roles, scope of an API key, fresh second factor.
 * Called by the route's answer and the live stream. Pure; must never look at a request's body.
 */
import type { ApiKeyScope, Caller } from '@tradewire/contracts/caller'
import type { RouteContract } from '@tradewire/contracts/define-route'
import type { ErrorContext } from '@tradewire/kernel/errors'

export interface Credential {
  readonly caller: Caller
  /** Of the session, the API key or the OAuth client: what can be revoked. */
  readonly id: string
  readonly expiresAt: Date
  /** What an API key or a client's token may do; null for a session, which may do everything. */
  readonly scopes: readonly ApiKeyScope[] | null
  /** When a session's user gave a code last; null for a user without a second factor. */
  readonly provedAt: Date | null
}

export const proofFreshMs = 15 * 60_000

/** A code of the gateway's error table, and its context. */
export interface RouteDenial {
  readonly code: 'FORBIDDEN' | 'SCOPE_NEEDED' | 'SESSION_NEEDED' | 'PROOF_NEEDED'
  readonly context: ErrorContext
}

type Demands = Pick<RouteContract, 'access' | 'proof' | 'scope'>

/** Why the route is not for this caller, or null. */
export function denialOf(route: Demands, shown: Credential | undefined, now: Date): RouteDenial | null {
  const { access, proof, scope } = route
  if (access === 'public') return null
  if (shown === undefined || !access.some((role) => shown.caller.roles.includes(role))) {
    return { code: 'FORBIDDEN', context: { rolesAllowed: [...access] } }
  }
  if (shown.scopes !== null) {
    if (proof !== 'any') return { code: 'SESSION_NEEDED', context: {} }
    return shown.scopes.includes(scope) ? null : { code: 'SCOPE_NEEDED', context: { scope } }
  }
  const stale = shown.provedAt !== null && now.getTime() - shown.provedAt.getTime() > proofFreshMs
  return proof === 'fresh' && stale ? { code: 'PROOF_NEEDED', context: {} } : null
}
