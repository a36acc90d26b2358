/** Moves subscriptions whose standing time alone changes. Called by the job. Must never need a provider. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { Bills } from '../../ports/bills.port.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

const batchRows = 100

@Injectable()
export class PassTime {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly settleSubscription: SettleSubscription,
    private readonly clock: Clock,
  ) {}

  /** Answers how many were looked at; called again until none are. */
  async execute(): Promise<number> {
    const due = await this.bills.dueSubscriptions(this.clock.now(), batchRows)
    for (const id of due) {
      await this.database.transact(async (tx) => {
        const subscription = await this.bills.lockSubscription(tx, { id })
        if (subscription !== undefined) await this.settleSubscription.execute(tx, subscription)
      })
    }
    return due.length
  }
}
