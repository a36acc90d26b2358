/** Moves subscriptions whose standing time alone changes. Called by the job. Must never need a provider, nor hold all up for one. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Bills } from '../../ports/bills.port.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

/** Until one that could not be moved is looked at again. */
const putOffMs = 60_000
const batchRows = 100

@Injectable()
export class PassTime {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly settleSubscription: SettleSubscription,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Answers how many were looked at; called again until none are. */
  async execute(): Promise<number> {
    const due = await this.bills.dueSubscriptions(this.clock.now(), batchRows)
    for (const id of due) await this.move(id)
    return due.length
  }

  private async move(id: string): Promise<void> {
    try {
      await this.database.transact(async (tx) => {
        const subscription = await this.bills.lockSubscription(tx, { id })
        if (subscription !== undefined) await this.settleSubscription.execute(tx, subscription)
      })
    } catch (error) {
      this.logger.warn({ err: error, subscriptionId: id }, 'a subscription could not be moved; it is tried again')
      await this.bills.putOff(id, new Date(this.clock.now().getTime() + putOffMs))
    }
  }
}
