/**
 * Stores a change of a subscription as it was priced, and the payment of what is due for it.
 * Called when one is asked for. Must never store one whose price no longer holds.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import type { Priced } from '../price-change/price-change.use-case.ts'

@Injectable()
export class StoreChange {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
    private readonly factory: BillFactory,
  ) {}

  execute(
    { held, priced, provider }: Priced,
    asked: { readonly requestId: string | undefined; readonly requestHash: string },
  ): Promise<Result<SubscriptionChange, CodedError>> {
    const change = this.factory.change(priced, held, provider.capabilities, asked)
    const isSoonRenewed = priced.paidThrough < this.factory.renewalWindow().paidBefore
    const isRenewedByLink = provider.capabilities.renewals === 'link'
    return this.database.transact(async (tx) => {
      const locked = await this.bills.lockSubscription(tx, { id: held.id })
      const isAsPriced = locked?.revision === held.revision && locked.facts.endsAt === null
      // The next period is asked for at the old price, or is about to be.
      const isBilled = isRenewedByLink && (isSoonRenewed || (await this.bills.isNextBilled(tx, held)))
      if (!isAsPriced || isBilled) return err(billingErrors.of('CHANGE_TOO_LATE'))
      if (await this.bills.isTaken(tx, held, priced.terms.subject)) return err(billingErrors.of('ALREADY_SUBSCRIBED'))
      if (!(await this.changes.insert(tx, change))) return err(billingErrors.of('CHANGE_UNDER_WAY'))
      if (change.timing === 'now') await this.bills.insertPayment(tx, this.factory.changePayment(change, held))
      return ok(change)
    })
  }
}
