/** Creates payouts of what is payable and sets it aside in the books. Called over RPC by operators. Must never set aside the same twice. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { runPayouts } from '@tradewire/contracts/rpc/billing/payouts'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { isCurrency } from '../../domain/money/currency.ts'
import { PayoutFactory } from '../../domain/books/payout-factory.ts'
import { viewPayout } from '../../domain/books/payout.ts'
import { Payouts } from '../../ports/payouts.port.ts'
import { BookPayout } from '../book-payout/book-payout.use-case.ts'

type Reply = ReplyOf<typeof runPayouts>

@Injectable()
export class RunPayouts {
  constructor(
    private readonly database: Database,
    private readonly payouts: Payouts,
    private readonly bookPayout: BookPayout,
    private readonly factory: PayoutFactory,
  ) {}

  execute({ ownerId, currency }: RequestOf<typeof runPayouts>): Promise<Result<Reply, CodedError>> {
    return this.database.transact(async (tx) => {
      if (currency !== undefined && !isCurrency(currency)) return err(billingErrors.of('PRICE_INVALID', { currency }))
      const owed = await this.payouts.lockOwed(tx, { ownerId, currency, heldFrom: this.factory.heldFrom() })
      const created = owed.flatMap((one) => this.factory.payout(one) ?? [])
      for (const payout of created) {
        await this.payouts.insert(tx, payout)
        await this.bookPayout.execute(tx, payout, null)
      }
      return ok({ items: created.map(viewPayout) })
    })
  }
}
