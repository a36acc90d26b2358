/**
 * Who is asking, and what may be theirs. Called by every service that answers a route.
 * Must never be filled from a request's body: the gateway reads it from the token.
 */
import { z } from 'zod'

/**
 * owner: an operator who appoints operators and support, and always has the role of one. operator: runs the installation.
 * support: sees what operators see, changes nothing, and has no other role. provider: offers strategies. follower: trades.
 */
export const roles = ['owner', 'operator', 'support', 'provider', 'follower'] as const
export type Role = (typeof roles)[number]
/** Those who see or change what is not their own. */
export const staffRoles: ReadonlySet<Role> = new Set(['owner', 'operator', 'support'])

/** Access of a route: all who may change something, or those who offer strategies. Support is added where it may read. */
export const everyone: readonly Role[] = ['operator', 'provider', 'follower']
export const providers: readonly Role[] = ['operator', 'provider']

/**
 * What an API key may do: read; trade (send signals, close, stop); manage (everything else that its user may change).
 * Sessions may do all of it.
 */
export const apiKeyScopes = ['read', 'trade', 'manage'] as const
export type ApiKeyScope = (typeof apiKeyScopes)[number]

/** Every RPC behind a route that is not public carries it. */
export const caller = z.strictObject({ userId: z.uuid(), roles: z.array(z.enum(roles)) })
export type Caller = z.output<typeof caller>

export function isOperator({ roles: own }: Caller): boolean {
  return own.includes('operator')
}

/** For reading alone: no route that changes something lets support in. */
export function seesAll({ roles: own }: Caller): boolean {
  return own.includes('operator') || own.includes('support')
}

/** Operators and support may see everything; everyone else only what is theirs. */
export function maySee(asking: Caller, ownerId: string): boolean {
  return seesAll(asking) || asking.userId === ownerId
}

/** The user to narrow a list to; undefined when the caller sees all. */
export function visibleTo(asking: Caller): string | undefined {
  return seesAll(asking) ? undefined : asking.userId
}
