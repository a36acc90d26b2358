/**
 * Another issuer of access tokens, as the operator describes it, and what its tokens say of a user.
 * Called by the verifier. Pure; must never take a role that the operator has not mapped.
 */
import { type Role, roles } from '@tradewire/contracts/caller'
import { z } from 'zod'

/** Asymmetric ones only: a shared secret would make everyone who checks tokens an issuer. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const

export const oidcIssuer = z.strictObject({
  /** As the tokens' `iss` says it. */
  issuer: z.url({ protocol: /^https?$/ }),
  /** Client ids whose tokens are meant for us: `aud`, or `client_id` where a token has no audience. */
  audiences: z.array(z.string().min(1)).min(1),
  jwksUri: z.url({ protocol: /^https?$/ }).optional(),
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS256']),
  /** Cognito says in `token_use` what a token is for. */
  tokenUse: z.enum(['access', 'id']).optional(),
  groupsClaim: z.string().min(1).default('cognito:groups'),
  /** Roles by group. */
  groups: z.record(z.string(), z.enum(roles)).default({}),
  /** For users in none of the groups. */
  defaultRole: z.enum(roles).nullable().default('follower'),
})
export type OidcIssuer = z.output<typeof oidcIssuer>

export const oidcIssuers = z.array(oidcIssuer).max(20)

const claims = z.object({
  sub: z.string().min(1).max(255),
  exp: z.int(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  token_use: z.string().optional(),
  email: z.email().max(254).optional().catch(undefined),
  preferred_username: z.string().max(255).optional().catch(undefined),
  username: z.string().max(255).optional().catch(undefined),
  'cognito:username': z.string().max(255).optional().catch(undefined),
  name: z.string().max(255).optional().catch(undefined),
})

export interface VouchedUser {
  readonly subject: string
  readonly name: string | null
  readonly email: string | null
  readonly roles: Role[]
  readonly expiresAt: Date
}

/** Null when the token is not for us or its user has no role here. Signature, issuer and times were checked before. */
export function vouchedUser(issuer: OidcIssuer, payload: Readonly<Record<string, unknown>>): VouchedUser | null {
  const parsed = claims.safeParse(payload)
  if (!parsed.success) return null
  const { sub, exp, aud, client_id: clientId, token_use: use, email, ...names } = parsed.data
  const meant = aud === undefined ? [clientId] : [aud].flat()
  if (!meant.some((one) => one !== undefined && issuer.audiences.includes(one))) return null
  if (issuer.tokenUse !== undefined && use !== issuer.tokenUse) return null
  const granted = rolesOf(issuer, payload[issuer.groupsClaim])
  if (granted.length === 0) return null
  const name = names.preferred_username ?? names['cognito:username'] ?? names.username ?? names.name ?? null
  return { subject: sub, name, email: email ?? null, roles: granted, expiresAt: new Date(exp * 1_000) }
}

function rolesOf({ groups, defaultRole }: OidcIssuer, claimed: unknown): Role[] {
  const names = Array.isArray(claimed) ? claimed : [claimed]
  const mapped = names.flatMap((name) =>
    typeof name === 'string' && Object.hasOwn(groups, name) ? [groups[name]!] : [],
  )
  if (mapped.length > 0) return [...new Set(mapped)]
  return defaultRole === null ? [] : [defaultRole]
}
