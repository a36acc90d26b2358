/** Signs access tokens with Ed25519. Implements the TokenSigner port. Must never show a private key or sign another kind of token. */
import { accessToken } from '@tradewire/contracts/rpc/identity'
import type { Clock } from '@tradewire/kernel/clock'
import type { IdSource } from '@tradewire/kernel/ids'
import { importJWK, SignJWT, type CryptoKey } from 'jose'
import { signingKeyAt } from '#domain/sessions/signing-keys'
import type { PrivateKey } from '#clients/key-file.client'
import { TokenSigner, type TokenClaims } from '#ports/token-signer.port'

interface ReadyKey {
  readonly kid: string
  readonly signsFrom: Date
  readonly key: CryptoKey
}

export class JoseSigner extends TokenSigner {
  private constructor(
    private readonly keys: readonly ReadyKey[],
    private readonly published: ReturnType<TokenSigner['publicKeys']>,
    private readonly deps: { readonly clock: Clock; readonly ids: IdSource },
  ) {
    super()
  }

  static async from(
    keys: readonly PrivateKey[],
    deps: { readonly clock: Clock; readonly ids: IdSource },
  ): Promise<JoseSigner> {
    const ready = keys.map(async (jwk) => ({
      kid: jwk.kid,
      signsFrom: new Date(jwk.signsFrom),
      key: await importJWK({ ...jwk, alg: accessToken.algorithm }),
    }))
    const published = keys.map(({ kty, crv, x, kid }) => {
      return { kty, crv, x, kid, alg: accessToken.algorithm, use: 'sig' as const }
    })
    return new JoseSigner(await Promise.all(ready), { keys: published }, deps)
  }

  async sign({ userId, sessionId, roles, secondFactor, scopes }: TokenClaims): Promise<string> {
    const now = this.deps.clock.now()
    const signing = signingKeyAt(this.keys, now)
    if (signing === undefined) throw new Error('no signing key is in its time yet: check the key file and the clock')
    const issuedAt = Math.floor(now.getTime() / 1_000)
    const proof = secondFactor && { mfa: Math.floor((secondFactor.provedAt?.getTime() ?? 0) / 1_000) }
    // RFC 8693, 4.2: names with spaces between.
    const scope = scopes && { scope: scopes.join(' ') }
    return new SignJWT({ roles: [...roles], sid: sessionId, ...proof, ...scope })
      .setProtectedHeader({ alg: accessToken.algorithm, typ: accessToken.type, kid: signing.kid })
      .setIssuer(accessToken.issuer)
      .setAudience(accessToken.audience)
      .setSubject(userId)
      .setJti(this.deps.ids.next<'Token'>())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessToken.lifetimeSeconds)
      .sign(signing.key)
  }

  publicKeys(): ReturnType<TokenSigner['publicKeys']> {
    return this.published
  }
}
