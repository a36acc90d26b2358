/**
 * Exchanges a refresh token for its one successor; a used token that comes back late ends its session.
 * Called by the auth controller. Must never hand out a second successor for one token.
 */
import { Injectable } from '@nestjs/common'
import { sessionRevoked } from '@tradewire/contracts/events/identity'
import { accessToken, type TokenPair } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, unreachable, type Result } from '@tradewire/kernel/result'
import { hashOf, newSuccessorSalt, successorOf } from '#domain/sessions/refresh-token'
import { decideRotation, refreshExpiry } from '#domain/sessions/session'
import { identityErrors } from '#identity.errors'
import { Sessions, type FoundToken } from '#ports/sessions.port'
import { TokenSigner } from '#ports/token-signer.port'
import { ProveSecondFactor, type SentProof } from '../prove-second-factor/prove-second-factor.use-case.ts'

interface Successor {
  readonly found: FoundToken
  readonly refreshToken: string
  readonly expiresAt: Date
}

@Injectable()
export class RefreshSession {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly signer: TokenSigner,
    private readonly randomness: Randomness,
    private readonly proving: ProveSecondFactor,
  ) {}

  /**
   * With a code or a passkey the session counts as proven anew.
   * Fails with REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED, WRONG_CODE, TOO_MANY_ATTEMPTS or PASSKEY_INVALID.
   */
  async execute(token: string, proof: SentProof = {}): Promise<Result<TokenPair, CodedError>> {
    const rotated = await this.database.transact((tx) => this.rotate(tx, token, proof))
    if (!rotated.ok) return rotated
    const { found, refreshToken, expiresAt } = rotated.value
    const { id: sessionId, userId } = found.session
    const { roles, secondFactor } = found
    return ok({
      accessToken: await this.signer.sign({ userId, sessionId, roles, secondFactor }),
      tokenType: 'Bearer',
      expiresInSeconds: accessToken.lifetimeSeconds,
      refreshToken,
      refreshExpiresAt: expiresAt.toISOString(),
    })
  }

  /** A refusal is a value, so what it changed (a revoked session) is committed with it. */
  private async rotate(tx: Transaction, token: string, proof: SentProof): Promise<Result<Successor, CodedError>> {
    const stored = await this.sessions.lockByToken(tx, hashOf(token))
    if (stored === null) return err(identityErrors.of('REFRESH_TOKEN_INVALID'))
    const rotation = decideRotation(stored.session, stored.token, stored.now)
    const living = rotation.kind === 'rotate' || rotation.kind === 'repeat'
    const sent = proof.code !== undefined || proof.passkey !== undefined
    const proven = living && sent ? await this.prove(tx, stored, proof) : ok(stored)
    if (!proven.ok) return proven
    const found = proven.value
    switch (rotation.kind) {
      case 'rotate':
        return ok(await this.succeed(tx, { found, token, expiresAt: rotation.successorExpiresAt }))
      case 'repeat': {
        const usedAt = found.token.usedAt ?? found.now
        const expiresAt = refreshExpiry(found.session.expiresAt, usedAt)
        return ok({ found, refreshToken: successorOf(token, rotation.salt), expiresAt })
      }
      case 'reuse':
        await this.endForReuse(tx, found)
        return err(identityErrors.of('REFRESH_TOKEN_REUSED'))
      case 'ended':
      case 'expired':
        return err(identityErrors.of('REFRESH_TOKEN_INVALID'))
      default:
        return unreachable(rotation)
    }
  }

  /** Before anything is rotated: a wrong code leaves the token as it was. */
  private async prove(tx: Transaction, found: FoundToken, proof: SentProof): Promise<Result<FoundToken, CodedError>> {
    const proven = await this.proving.execute(tx, found.session.userId, proof)
    if (!proven.ok) return proven
    if (proven.value === null) return ok(found)
    await this.sessions.prove(tx, found.session.id, proven.value)
    return ok({ ...found, secondFactor: { provedAt: proven.value } })
  }

  private async succeed(
    tx: Transaction,
    { found, token, expiresAt }: { readonly found: FoundToken; readonly token: string; readonly expiresAt: Date },
  ): Promise<Successor> {
    const successorSalt = newSuccessorSalt(this.randomness)
    const refreshToken = successorOf(token, successorSalt)
    await this.sessions.succeed(tx, {
      sessionId: found.session.id,
      tokenHash: hashOf(token),
      usedAt: found.now,
      successorSalt,
      successorHash: hashOf(refreshToken),
      successorExpiresAt: expiresAt,
    })
    return { found, refreshToken, expiresAt }
  }

  private async endForReuse(tx: Transaction, { session, now }: FoundToken): Promise<void> {
    await this.sessions.end(tx, session.id, 'reuse')
    tx.append(sessionRevoked, {
      sessionId: session.id,
      userId: session.userId,
      reason: 'reuse',
      revokedAt: now.toISOString(),
    })
  }
}
