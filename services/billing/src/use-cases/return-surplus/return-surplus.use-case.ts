/** Sees to all that is to be given back, and that it is not charged again. Called by the job. Must never hold all up for one. */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { Payment } from '../../domain/bills/bill.ts'
import { Bills } from '../../ports/bills.port.ts'
import { EndIdleSubscription } from '../end-idle-subscription/end-idle-subscription.use-case.ts'
import { GiveBackSurplus } from '../give-back-surplus/give-back-surplus.use-case.ts'

const batchRows = 100

@Injectable()
export class ReturnSurplus {
  constructor(
    private readonly bills: Bills,
    private readonly endIdleSubscription: EndIdleSubscription,
    private readonly giveBackSurplus: GiveBackSurplus,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async execute(): Promise<void> {
    for (const payment of await this.bills.surplusDue(batchRows)) await this.seeTo(payment)
  }

  private async seeTo(payment: Payment): Promise<void> {
    try {
      const { subscriptionId } = payment
      const isQuiet = subscriptionId === null || (await this.endIdleSubscription.execute(subscriptionId))
      if (isQuiet) await this.giveBackSurplus.execute(payment)
    } catch (error) {
      this.logger.warn({ err: error, paymentId: payment.id }, 'a payment could not be given back; it is tried again')
    }
  }
}
