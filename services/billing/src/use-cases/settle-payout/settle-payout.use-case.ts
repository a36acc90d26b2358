/** Says that a payout was transferred or came back. Called over RPC by operators. Must never move one backwards. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { settlePayout } from '@tradewire/contracts/rpc/billing/payouts'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { mayMove, viewPayout } from '../../domain/books/payout.ts'
import { Payouts } from '../../ports/payouts.port.ts'
import { BookPayout } from '../book-payout/book-payout.use-case.ts'

type Reply = ReplyOf<typeof settlePayout>

@Injectable()
export class SettlePayout {
  constructor(
    private readonly database: Database,
    private readonly payouts: Payouts,
    private readonly bookPayout: BookPayout,
    private readonly clock: Clock,
  ) {}

  /** Said again as it is, it changes nothing. Fails with PAYOUT_NOT_FOUND or PAYOUT_SETTLED. */
  execute({ payoutId, state, reference }: RequestOf<typeof settlePayout>): Promise<Result<Reply, CodedError>> {
    return this.database.transact(async (tx) => {
      const payout = await this.payouts.lock(tx, payoutId)
      if (payout === undefined) return err(billingErrors.of('PAYOUT_NOT_FOUND', { payoutId }))
      if (payout.state === state && payout.reference === reference) return ok(viewPayout(payout))
      if (!mayMove(payout.state, state)) return err(billingErrors.of('PAYOUT_SETTLED', { state: payout.state }))
      const settled = { ...payout, state, reference, settledAt: this.clock.now() }
      await this.payouts.save(tx, settled)
      await this.bookPayout.execute(tx, settled, payout.state)
      return ok(viewPayout(settled))
    })
  }
}
