/**
 * Turns a user's second factor on by its first code, and hands out the recovery codes.
 * Called by the second factor controller. Must never store a recovery code as text.
 */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { confirmSecondFactor } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { newRecoveryCodes, recoveryHashOf } from '#domain/credentials/second-factor'
import { identityErrors } from '#identity.errors'
import { SecondFactors } from '#ports/second-factors.port'
import { CheckCode } from '../check-code/check-code.use-case.ts'

@Injectable()
export class ConfirmSecondFactor {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactors,
    private readonly checking: CheckCode,
    private readonly randomness: Randomness,
  ) {}

  /** Fails with SECOND_FACTOR_OFF, SECOND_FACTOR_ON, WRONG_CODE or TOO_MANY_ATTEMPTS. */
  async execute(userId: UserId, code: string): Promise<Result<ReplyOf<typeof confirmSecondFactor>, CodedError>> {
    return this.database.transact(async (tx) => {
      const factor = await this.factors.lock(tx, userId)
      if (factor === null) return err(identityErrors.of('SECOND_FACTOR_OFF'))
      if (factor.confirmedAt !== null) return err(identityErrors.of('SECOND_FACTOR_ON'))
      const proven = await this.checking.execute(tx, { userId, factor, code })
      if (!proven.ok) return proven
      const recoveryCodes = newRecoveryCodes(this.randomness)
      await this.factors.confirm(tx, userId, recoveryCodes.map(recoveryHashOf))
      return ok({ recoveryCodes })
    })
  }
}
