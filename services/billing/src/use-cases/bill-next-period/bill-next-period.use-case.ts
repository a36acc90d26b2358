/**
 * Asks for the next period of a subscription whose provider does not charge it by itself. Called for those that come due.
 * Must never ask twice for one period, nor for what a change has made of it otherwise.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { Subscription } from '../../domain/bills/bill.ts'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import { changedBy } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { OpenCheckout } from '../open-checkout/open-checkout.use-case.ts'

@Injectable()
export class BillNextPeriod {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
    private readonly factory: BillFactory,
    private readonly openCheckout: OpenCheckout,
  ) {}

  /** Answers whether it was asked for. */
  async execute(subscription: Subscription): Promise<boolean> {
    const payment = await this.database.transact(async (tx) => {
      const locked = await this.bills.lockSubscription(tx, { id: subscription.id })
      if (locked?.facts.paidThrough?.getTime() !== subscription.facts.paidThrough?.getTime()) return undefined
      const asked = this.factory.renewal(await this.asChanged(tx, locked ?? subscription))
      // Stored by an earlier run whose provider did not answer, it is opened now.
      await this.bills.insertPayment(tx, asked)
      return asked
    })
    return payment !== undefined && (await this.openCheckout.execute({ payment, subscription })).ok
  }

  /** The period after a scheduled change is charged as it will be; a change that nobody has paid for is overtaken. */
  private async asChanged(tx: Transaction, subscription: Subscription): Promise<Subscription> {
    const pending = await this.changes.pending(tx, subscription.id)
    if (pending?.timing === 'now') await this.changes.move(tx, pending, 'dropped')
    if (pending?.timing !== 'period-end') return subscription
    return (await this.bills.isTaken(tx, subscription, pending.terms.subject))
      ? subscription
      : changedBy(subscription, pending)
  }
}
