/**
 * Checks tokens of the other issuers that the operator trusts, and asks identity whom they mean.
 * Called by the token verifier. Must never fetch keys from an address that a token names.
 */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { recogniseUser } from '@tradewire/contracts/rpc/identity'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { createRemoteJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import type { GatewayConfig } from '#config'
import type { Credential } from '#domain/credential'
import { type OidcIssuer, oidcIssuers, type VouchedUser, vouchedUser } from '#clients/oidc-issuer.map'
import { gatewayErrors } from '#gateway.errors'

const clockToleranceSeconds = 5
const keysTimeoutMs = 3_000
/** A disabled user and changed groups count after this at the latest. */
const recognisedForMs = 30_000
const recognisedMax = 10_000

interface Trusted {
  readonly issuer: OidcIssuer
  readonly keys: JWTVerifyGetKey
}

interface Recognised {
  readonly user: ReplyOf<typeof recogniseUser>
  readonly untilMs: number
}

@Injectable()
export class OidcVerifier {
  private readonly trusted: ReadonlyMap<string, Trusted>
  private readonly recognised = new Map<string, Recognised>()

  constructor(
    @InjectConfig() config: GatewayConfig,
    private readonly rpc: RpcClient,
    private readonly clock: Clock,
  ) {
    this.trusted = new Map(issuersOf(config.oidcIssuers).map((issuer) => [issuer.issuer, trust(issuer)]))
  }

  /** Whether the token claims an issuer that is trusted here. */
  trusts(token: string): boolean {
    if (this.trusted.size === 0) return false
    try {
      return this.trusted.has(decodeJwt(token).iss ?? '')
    } catch {
      return false
    }
  }

  /** Fails with UNAUTHENTICATED, or KEYS_UNKNOWN when the issuer or identity cannot be reached. */
  async verify(token: string): Promise<Result<Credential, CodedError>> {
    const { issuer, keys } = this.trusted.get(decodeJwt(token).iss ?? '')!
    const payload = await this.payloadOf(token, issuer, keys)
    if (!payload.ok) return payload
    const vouched = vouchedUser(issuer, payload.value)
    if (vouched === null) return invalid()
    const user = await this.recognise(issuer.issuer, vouched)
    if (!user.ok) return user
    const { userId, roles } = user.value
    return ok({ caller: { userId, roles }, id: userId, expiresAt: vouched.expiresAt, scopes: null, provedAt: null })
  }

  private async payloadOf(
    token: string,
    { issuer, algorithms }: OidcIssuer,
    keys: JWTVerifyGetKey,
  ): Promise<Result<JWTPayload, CodedError>> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        algorithms,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: clockToleranceSeconds,
        currentDate: this.clock.now(),
      })
      return ok(payload)
    } catch (error) {
      if (error instanceof errors.JWTExpired) return err(gatewayErrors.of('UNAUTHENTICATED', { reason: 'expired' }))
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
        return err(gatewayErrors.of('KEYS_UNKNOWN'))
      }
      return invalid()
    }
  }

  private async recognise(issuer: string, vouched: VouchedUser): Promise<Result<Recognised['user'], CodedError>> {
    const { subject, name, email, roles } = vouched
    const key = JSON.stringify([issuer, subject, roles])
    const nowMs = this.clock.monotonicMs()
    const known = this.recognised.get(key)
    if (known !== undefined && known.untilMs > nowMs) return ok(known.user)
    const reply = await this.rpc.ask(recogniseUser, { issuer, subject, name, email, roles })
    if (!reply.ok) return reply.error.code === 'USER_DISABLED' ? invalid() : err(gatewayErrors.of('KEYS_UNKNOWN'))
    this.recognised.delete(key)
    if (this.recognised.size >= recognisedMax) this.recognised.delete(this.recognised.keys().next().value!)
    this.recognised.set(key, { user: reply.value, untilMs: nowMs + recognisedForMs })
    return ok(reply.value)
  }
}

/** Throws at the start, with what is wrong, when the setting is malformed. */
function issuersOf(text: string): OidcIssuer[] {
  return oidcIssuers.parse(JSON.parse(text))
}

function trust(issuer: OidcIssuer): Trusted {
  const url = new URL(issuer.jwksUri ?? `${issuer.issuer.replace(/\/$/, '')}/.well-known/jwks.json`)
  return { issuer, keys: createRemoteJWKSet(url, { timeoutDuration: keysTimeoutMs }) }
}

function invalid(): Result<never, CodedError> {
  return err(gatewayErrors.of('UNAUTHENTICATED', { reason: 'invalid' }))
}
