/** Turns a user's second factor off by a code. Called by the second factor controller. Must never do so without one. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { identityErrors } from '#identity.errors'
import { SecondFactors } from '#ports/second-factors.port'
import { ProveSecondFactor } from '../prove-second-factor/prove-second-factor.use-case.ts'

@Injectable()
export class RemoveSecondFactor {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactors,
    private readonly proving: ProveSecondFactor,
  ) {}

  /** Fails with SECOND_FACTOR_OFF, WRONG_CODE or TOO_MANY_ATTEMPTS. */
  async execute(userId: UserId, code: string): Promise<Result<Record<string, never>, CodedError>> {
    return this.database.transact(async (tx) => {
      const proven = await this.proving.execute(tx, userId, { code })
      if (!proven.ok) return proven
      const removed = await this.factors.remove(tx, userId)
      return removed ? ok({}) : err(identityErrors.of('SECOND_FACTOR_OFF'))
    })
  }
}
