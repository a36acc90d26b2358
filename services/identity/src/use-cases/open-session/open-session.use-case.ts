/** Starts a session inside the caller's transaction and hands out its first tokens. Called by LogIn only. Must never check a password. */
import { Injectable } from '@nestjs/common'
import { accessToken, type TokenPair } from '@tradewire/contracts/rpc/identity'
import type { Transaction } from '@tradewire/database/transaction'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { hashOf, newRefreshToken } from '#domain/refresh-token'
import type { User } from '#domain/user'
import { Sessions } from '#ports/sessions.port'
import { TokenSigner } from '#ports/token-signer.port'

@Injectable()
export class OpenSession {
  constructor(
    private readonly sessions: Sessions,
    private readonly signer: TokenSigner,
    private readonly ids: IdSource,
    private readonly randomness: Randomness,
  ) {}

  async execute(
    tx: Transaction,
    user: User,
    client: { readonly address: string; readonly userAgent: string | null },
  ): Promise<TokenPair> {
    const sessionId = this.ids.next<'Session'>()
    const refreshToken = newRefreshToken(this.randomness)
    const { refreshExpiresAt } = await this.sessions.start(tx, {
      id: sessionId,
      userId: user.id,
      ...client,
      tokenHash: hashOf(refreshToken),
    })
    return {
      accessToken: await this.signer.sign({ userId: user.id, sessionId, roles: user.roles }),
      tokenType: 'Bearer',
      expiresInSeconds: accessToken.lifetimeSeconds,
      refreshToken,
      refreshExpiresAt: refreshExpiresAt.toISOString(),
    }
  }
}
