/**
 * Has a user prove their second factor inside the caller's transaction, under a lock: no code counts twice.
 * Called wherever a user proves to be who they are. Must never pass a user by whose second factor is on.
 */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { identityErrors } from '#identity.errors'
import { SecondFactors } from '#ports/second-factors.port'
import { CheckCode } from '../check-code/check-code.use-case.ts'

@Injectable()
export class ProveSecondFactor {
  constructor(
    private readonly factors: SecondFactors,
    private readonly checking: CheckCode,
  ) {}

  /**
   * When it was proven, or null for a user without a second factor.
   * Fails with SECOND_FACTOR_NEEDED, WRONG_CODE or TOO_MANY_ATTEMPTS.
   */
  async execute(tx: Transaction, userId: UserId, code: string | undefined): Promise<Result<Date | null, CodedError>> {
    const factor = await this.factors.lock(tx, userId)
    if (factor === null || factor.confirmedAt === null) return ok(null)
    if (code === undefined) return err(identityErrors.of('SECOND_FACTOR_NEEDED'))
    return this.checking.execute(tx, { userId, factor, code })
  }
}
