/** Asks users to pay the next period where their provider does not charge it by itself. Called by the job. Must never ask for what is not due soon. */
import { Injectable } from '@nestjs/common'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { BillNextPeriod } from '../bill-next-period/bill-next-period.use-case.ts'

const batchRows = 100

@Injectable()
export class RenewByLink {
  constructor(
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly factory: BillFactory,
    private readonly billNextPeriod: BillNextPeriod,
  ) {}

  /** Answers how many were asked. */
  async execute(): Promise<number> {
    const byLink = this.providers.all().filter(({ capabilities }) => capabilities.renewals === 'link')
    const { now, paidBefore } = this.factory.renewalWindow()
    const codes = byLink.map(({ code }) => code)
    const due = await this.bills.renewable(codes, now, paidBefore, batchRows)
    let asked = 0
    for (const subscription of due) if (await this.billNextPeriod.execute(subscription)) asked += 1
    return asked
  }
}
