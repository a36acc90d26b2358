/**
 * Who is asking, and what may be theirs. Called by every service that answers a route.
 * Must never be filled from a request's body: the gateway reads it from the token.
 */
import { z } from 'zod'

export const roles = ['operator', 'provider', 'follower'] as const
export type Role = (typeof roles)[number]

/** Access of a route: any user, or those who offer strategies. */
export const everyone: readonly Role[] = [...roles]
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

/** Operators may see everything; everyone else only what is theirs. */
export function maySee(asking: Caller, ownerId: string): boolean {
  return isOperator(asking) || asking.userId === ownerId
}

/** The user to narrow a list to; undefined when the caller is an operator and sees all. */
export function visibleTo(asking: Caller): string | undefined {
  return isOperator(asking) ? undefined : asking.userId
}
