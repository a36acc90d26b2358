/**
 * Has a user prove their second factor inside the caller's transaction, under a lock: no code or challenge counts twice.
 * Called wherever a user proves to be who they are. Must never pass a user by whose second factor is on.
 */
import { Injectable } from '@nestjs/common'
import type { PasskeyProof } from '@tradewire/contracts/rpc/passkeys'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { identityErrors } from '#identity.errors'
import { Passkeys } from '#ports/passkeys.port'
import { SecondFactors } from '#ports/second-factors.port'
import { CheckCode } from '../check-code/check-code.use-case.ts'
import { CheckPasskey } from '../check-passkey/check-passkey.use-case.ts'

/** What a user has sent to prove it: one of them, or nothing. A passkey goes first. */
export interface SentProof {
  readonly code?: string | undefined
  readonly passkey?: PasskeyProof | undefined
}

@Injectable()
export class ProveSecondFactor {
  constructor(
    private readonly factors: SecondFactors,
    private readonly passkeys: Passkeys,
    private readonly codes: CheckCode,
    private readonly signatures: CheckPasskey,
  ) {}

  /**
   * When it was proven, or null for a user without a second factor.
   * Fails with SECOND_FACTOR_NEEDED, WRONG_CODE, TOO_MANY_ATTEMPTS or PASSKEY_INVALID.
   */
  async execute(
    tx: Transaction,
    userId: UserId,
    { code, passkey }: SentProof,
  ): Promise<Result<Date | null, CodedError>> {
    if (passkey !== undefined) return this.signatures.execute(tx, userId, passkey)
    const factor = await this.factors.lock(tx, userId)
    const hasApp = factor !== null && factor.confirmedAt !== null
    if (hasApp && code !== undefined) return this.codes.execute(tx, { userId, factor, code })
    const hasAny = hasApp || (await this.passkeys.of(tx, userId)).length > 0
    return hasAny ? err(identityErrors.of('SECOND_FACTOR_NEEDED')) : ok(null)
  }
}
