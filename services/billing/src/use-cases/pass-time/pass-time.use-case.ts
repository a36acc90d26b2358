/** Moves subscriptions whose standing time alone changes. Called by the job. Must never need a provider, nor hold all up for one. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { Bills } from '../../ports/bills.port.ts'
import { DoEachAlone } from '../do-each-alone/do-each-alone.use-case.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

const batchRows = 100

@Injectable()
export class PassTime {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly settleSubscription: SettleSubscription,
    private readonly doEachAlone: DoEachAlone,
    private readonly clock: Clock,
  ) {}

  /** As of one moment: what is put off is not due again before the end, however long that takes. */
  async execute(): Promise<void> {
    const now = this.clock.now()
    while ((await this.passBatch(now)) > 0);
  }

  private async passBatch(now: Date): Promise<number> {
    return this.doEachAlone.execute(await this.bills.dueSubscriptions(now, batchRows), {
      work: (id) => this.move(id),
      putOff: (id, until) => this.bills.putOff(id, until),
      failed: 'a subscription could not be moved',
      about: (subscriptionId) => ({ subscriptionId }),
    })
  }

  private async move(id: string): Promise<true> {
    await this.database.transact(async (tx) => {
      const subscription = await this.bills.lockSubscription(tx, { id })
      if (subscription !== undefined) await this.settleSubscription.execute(tx, subscription)
    })
    return true
  }
}
