/**
 * Asks users to pay the next period where their provider does not charge it by itself. Called by the job.
 * Must never ask for what is not due soon, nor hold all up for one.
 */
import { Injectable } from '@nestjs/common'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { BillNextPeriod } from '../bill-next-period/bill-next-period.use-case.ts'
import { DoEachAlone } from '../do-each-alone/do-each-alone.use-case.ts'

const batchRows = 100

@Injectable()
export class RenewByLink {
  constructor(
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly factory: BillFactory,
    private readonly billNextPeriod: BillNextPeriod,
    private readonly doEachAlone: DoEachAlone,
  ) {}

  async execute(): Promise<void> {
    const byLink = this.providers.all().filter(({ capabilities }) => capabilities.renewals === 'link')
    const { now, paidBefore } = this.factory.renewalWindow()
    const codes = byLink.map(({ code }) => code)
    await this.doEachAlone.execute(await this.bills.renewable(codes, now, paidBefore, batchRows), {
      work: (subscription) => this.billNextPeriod.execute(subscription),
      putOff: ({ id }, until) => this.bills.putOffRenewal(id, until),
      failed: 'a period could not be asked for',
      about: ({ id }) => ({ subscriptionId: id }),
    })
  }
}
