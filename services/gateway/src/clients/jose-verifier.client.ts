/**
 * Checks our own access tokens with one algorithm, issuer, audience and type, and hands those of others on.
 * Implements the TokenVerifier port. What was found valid is known for a minute: a signature costs more than all else.
 * Must never let the token choose how it is checked (RFC 8725), nor say more than that it is not valid.
 */
import { hash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { apiKeyScopes, roles } from '@tradewire/contracts/caller'
import { accessToken } from '@tradewire/contracts/rpc/identity'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { NewestKept } from '@tradewire/kernel/newest-kept'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { errors, jwtVerify, type CryptoKey, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { z } from 'zod'
import { IdentityKeys } from '#clients/identity-keys.client'
import { OidcVerifier } from '#clients/oidc-verifier.client'
import type { Credential } from '#domain/credential'
import { gatewayErrors } from '#gateway.errors'
import { TokenVerifier } from '#ports/token-verifier.port'

const tokenLengthMax = 4_096
/** Much shorter than keys are replaced; an end, a revocation or a user who is disabled counts at each request. */
const verifiedForMs = 60_000
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

interface Verified {
  readonly credential: Credential
  readonly untilMs: number
}

class KeysUnknownError extends Error {}

@Injectable()
export class JoseVerifier extends TokenVerifier {
  /** By digest: a token is a secret. */
  private readonly verified = new NewestKept<Verified>()

  constructor(
    private readonly keys: IdentityKeys,
    private readonly others: OidcVerifier,
    private readonly clock: Clock,
  ) {
    super()
  }

  async verify(token: string): Promise<Result<Credential, CodedError>> {
    if (token.length > tokenLengthMax) return refusal('invalid')
    const digest = hash('sha256', token, 'base64url')
    const known = this.known(digest)
    if (known !== undefined) return ok(known)
    if (this.others.trusts(token)) return this.others.verify(token)
    const found = await this.verifyOwn(token)
    if (found.ok) {
      this.verified.keep(digest, { credential: found.value, untilMs: this.clock.monotonicMs() + verifiedForMs })
    }
    return found
  }

  private known(digest: string): Credential | undefined {
    const { credential, untilMs = 0 } = this.verified.get(digest) ?? {}
    const holds = untilMs > this.clock.monotonicMs() && credential !== undefined
    return holds && this.clock.now() < credential.expiresAt ? credential : undefined
  }

  private async verifyOwn(token: string): Promise<Result<Credential, CodedError>> {
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
