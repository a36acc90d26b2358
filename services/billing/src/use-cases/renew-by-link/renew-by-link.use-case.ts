/** Asks users to pay the next period where their provider does not charge it by itself. Called by the job. Must never ask for what is not due soon, nor hold all up for one. */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import type { Subscription } from '../../domain/bills/bill.ts'
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
    @InjectLogger() private readonly logger: Logger,
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
    try {
      return await this.billNextPeriod.execute(subscription)
    } catch (error) {
      const what = { err: error, subscriptionId: subscription.id }
      this.logger.warn(what, 'a period could not be asked for; it is tried again')
      return false
    }
  }
}
