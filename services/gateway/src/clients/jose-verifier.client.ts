/**
 * Checks our own access tokens with one algorithm, issuer, audience and type, and hands those of others on.
 * Implements the TokenVerifier port.
 * Must never let the token choose how it is checked (RFC 8725), nor say more than that it is not valid.
 */
import { Injectable } from '@nestjs/common'
import { apiKeyScopes, roles } from '@tradewire/contracts/caller'
import { accessToken } from '@tradewire/contracts/rpc/identity'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { errors, jwtVerify, type CryptoKey, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { z } from 'zod'
import { IdentityKeys } from '#clients/identity-keys.client'
import { OidcVerifier } from '#clients/oidc-verifier.client'
import type { Credential } from '#domain/credential'
import { gatewayErrors } from '#gateway.errors'
import { TokenVerifier } from '#ports/token-verifier.port'

const tokenLengthMax = 4_096
const clockToleranceSeconds = 5
const millisecondsPerSecond = 1_000

const claims = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  exp: z.int(),
  roles: z.array(z.enum(roles)),
  mfa: z.int().optional(),
  scope: z
    .string()
    .transform((text) => text.split(' '))
    .pipe(z.array(z.enum(apiKeyScopes)))
    .optional(),
})

class KeysUnknownError extends Error {}

@Injectable()
export class JoseVerifier extends TokenVerifier {
  constructor(
    private readonly keys: IdentityKeys,
    private readonly others: OidcVerifier,
    private readonly clock: Clock,
  ) {
    super()
  }

  async verify(token: string): Promise<Result<Credential, CodedError>> {
    if (token.length > tokenLengthMax) return refusal('invalid')
    if (this.others.trusts(token)) return this.others.verify(token)
    try {
      const { payload } = await jwtVerify(token, (header) => this.keyFor(header), {
        algorithms: [accessToken.algorithm],
        issuer: accessToken.issuer,
        audience: accessToken.audience,
        typ: accessToken.type,
        requiredClaims: ['sub', 'sid', 'exp', 'iat', 'roles'],
        clockTolerance: clockToleranceSeconds,
        currentDate: this.clock.now(),
      })
      return read(payload)
    } catch (error) {
      if (error instanceof KeysUnknownError) return err(gatewayErrors.of('KEYS_UNKNOWN'))
      if (error instanceof errors.JWTExpired) return refusal('expired')
      if (error instanceof errors.JOSEError) return refusal('invalid')
      throw error
    }
  }

  private async keyFor({ kid }: JWTHeaderParameters): Promise<CryptoKey> {
    if (kid === undefined) throw new errors.JWKSNoMatchingKey()
    const lookup = await this.keys.find(kid)
    if (lookup.kind === 'key') return lookup.key
    throw lookup.kind === 'no-keys' ? new KeysUnknownError() : new errors.JWKSNoMatchingKey()
  }
}

function read(payload: JWTPayload): Result<Credential, CodedError> {
  const parsed = claims.safeParse(payload)
  if (!parsed.success) return refusal('invalid')
  const { sub, sid, exp, roles: granted, mfa, scope } = parsed.data
  return ok({
    caller: { userId: sub, roles: granted },
    id: sid,
    expiresAt: new Date(exp * millisecondsPerSecond),
    scopes: scope ?? null,
    provedAt: mfa === undefined ? null : new Date(mfa * millisecondsPerSecond),
  })
}

function refusal(reason: 'expired' | 'invalid'): Result<never, CodedError> {
  return err(gatewayErrors.of('UNAUTHENTICATED', { reason }))
}
