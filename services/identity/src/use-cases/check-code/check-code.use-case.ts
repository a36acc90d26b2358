/**
 * Judges one code against a second factor whose lock the caller holds, and stores what follows: the count, the code used.
 * Called by the use cases of the second factor. A refusal is a value, so its count is committed with it.
 */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result, unreachable } from '@tradewire/kernel/result'
import { judgeCode } from '#domain/credentials/second-factor'
import { identityErrors } from '#identity.errors'
import { SecondFactors, type LockedFactor } from '#ports/second-factors.port'

@Injectable()
export class CheckCode {
  constructor(private readonly factors: SecondFactors) {}

  /** When the code was taken. Fails with WRONG_CODE or TOO_MANY_ATTEMPTS. */
  async execute(
    tx: Transaction,
    { userId, factor, code }: { readonly userId: UserId; readonly factor: LockedFactor; readonly code: string },
  ): Promise<Result<Date, CodedError>> {
    const { verdict, counted } = judgeCode(factor, code, factor.now)
    await this.factors.count(tx, userId, counted)
    switch (verdict.kind) {
      case 'right':
        await this.factors.take(tx, userId, verdict.step)
        return ok(factor.now)
      case 'recovery': {
        const taken = await this.factors.takeRecovery(tx, userId, verdict.hash)
        return taken ? ok(factor.now) : err(identityErrors.of('WRONG_CODE'))
      }
      case 'wrong':
        return err(identityErrors.of('WRONG_CODE'))
      case 'closed':
        return err(identityErrors.of('TOO_MANY_ATTEMPTS', { retryAfterSeconds: verdict.retryAfterSeconds }))
      default:
        return unreachable(verdict)
    }
  }
}
