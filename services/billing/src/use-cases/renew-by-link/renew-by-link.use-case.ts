/**
 * Asks users to pay the next period where their provider does not charge it by itself. Called by the job.
 * Must never ask twice for one period.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Subscription } from '../../domain/bill.ts'
import { BillFactory } from '../../domain/bill-factory.ts'
import { periodAfter } from '../../domain/billing-cycle.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { OpenCheckout } from '../open-checkout/open-checkout.use-case.ts'

const batchRows = 100

@Injectable()
export class RenewByLink {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly factory: BillFactory,
    private readonly openCheckout: OpenCheckout,
  ) {}

  /** Answers how many were asked. */
  async execute(): Promise<number> {
    const byLink = this.providers.all().filter(({ capabilities }) => capabilities.renewals === 'link')
    const { now, paidBefore } = this.factory.renewalWindow()
    const codes = byLink.map(({ code }) => code)
    const due = await this.bills.renewable(codes, now, paidBefore, batchRows)
    let asked = 0
    for (const subscription of due) if (await this.ask(subscription)) asked += 1
    return asked
  }

  private async ask(subscription: Subscription): Promise<boolean> {
    const { anchorAt, cycle, facts } = subscription
    const payment = this.factory.renewal(subscription, periodAfter(anchorAt, cycle, facts.paidThrough!))
    // Stored by an earlier run whose provider did not answer, it is opened now.
    await this.database.transact((tx) => this.bills.insertPayment(tx, payment))
    return (await this.openCheckout.execute({ payment, subscription })).ok
  }
}
