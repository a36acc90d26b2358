/**
 * Starts a session inside the caller's transaction and hands out its first tokens, once the second factor is proven.
 * Called by LogIn only. Must never check a password.
 */
import { Injectable } from '@nestjs/common'
import { accessToken, type TokenPair } from '@tradewire/contracts/rpc/identity'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { ok, type Result } from '@tradewire/kernel/result'
import { hashOf, newRefreshToken } from '#domain/sessions/refresh-token'
import type { User } from '#domain/users/user'
import { Sessions } from '#ports/sessions.port'
import { TokenSigner } from '#ports/token-signer.port'
import { ProveSecondFactor, type SentProof } from '../prove-second-factor/prove-second-factor.use-case.ts'

@Injectable()
export class OpenSession {
  constructor(
    private readonly sessions: Sessions,
    private readonly signer: TokenSigner,
    private readonly ids: IdSource,
    private readonly randomness: Randomness,
    private readonly proving: ProveSecondFactor,
  ) {}

  /** Fails with SECOND_FACTOR_NEEDED, WRONG_CODE, TOO_MANY_ATTEMPTS or PASSKEY_INVALID. */
  async execute(
    tx: Transaction,
    user: User,
    { proof, ...client }: { readonly address: string; readonly userAgent: string | null; readonly proof: SentProof },
  ): Promise<Result<TokenPair, CodedError>> {
    const proven = await this.proving.execute(tx, user.id, proof)
    if (!proven.ok) return proven
    const provedAt = proven.value
    const sessionId = this.ids.next<'Session'>()
    const refreshToken = newRefreshToken(this.randomness)
    const { refreshExpiresAt } = await this.sessions.start(tx, {
      id: sessionId,
      userId: user.id,
      ...client,
      provedAt,
      tokenHash: hashOf(refreshToken),
    })
    const secondFactor = provedAt && { provedAt }
    return ok({
      accessToken: await this.signer.sign({ userId: user.id, sessionId, roles: user.roles, secondFactor }),
      tokenType: 'Bearer',
      expiresInSeconds: accessToken.lifetimeSeconds,
      refreshToken,
      refreshExpiresAt: refreshExpiresAt.toISOString(),
    })
  }
}
