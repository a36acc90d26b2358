/** Sees to all that is to be given back, and that it is not charged again. Called by the job. Must never hold all up for one. */
import { Injectable } from '@nestjs/common'
import type { Payment } from '../../domain/bills/bill.ts'
import { Bills } from '../../ports/bills.port.ts'
import { DoEachAlone } from '../do-each-alone/do-each-alone.use-case.ts'
import { EndIdleSubscription } from '../end-idle-subscription/end-idle-subscription.use-case.ts'
import { GiveBackSurplus } from '../give-back-surplus/give-back-surplus.use-case.ts'

const batchRows = 100

@Injectable()
export class ReturnSurplus {
  constructor(
    private readonly bills: Bills,
    private readonly endIdleSubscription: EndIdleSubscription,
    private readonly giveBackSurplus: GiveBackSurplus,
    private readonly doEachAlone: DoEachAlone,
  ) {}

  async execute(now: Date): Promise<void> {
    await this.doEachAlone.execute(await this.bills.surplusDue(now, batchRows), {
      work: (payment) => this.seeTo(payment),
      putOff: ({ id }, until) => this.bills.putOffSurplus(id, until),
      failed: 'a payment could not be given back',
      about: ({ id }) => ({ paymentId: id }),
    })
  }

  private async seeTo(payment: Payment): Promise<boolean> {
    const { subscriptionId } = payment
    const isQuiet = subscriptionId === null || (await this.endIdleSubscription.execute(subscriptionId))
    return isQuiet && this.giveBackSurplus.execute(payment)
  }
}
