/**
 * Moves a change of a subscription one state on, and the subscription with it where that is due already.
 * Called when a provider has answered. Must never move one that another has moved.
 */
import { Injectable } from '@nestjs/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import { noticeRaised } from '@tradewire/contracts/events/notices'
import { Database } from '@tradewire/database/database'
import type { ChangeState, SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

@Injectable()
export class MoveChange {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
    private readonly settleSubscription: SettleSubscription,
  ) {}

  /** Answers whether it was moved now. */
  execute(change: SubscriptionChange, state: ChangeState, notice?: DataOf<typeof noticeRaised>): Promise<boolean> {
    return this.database.transact(async (tx) => {
      const held = await this.bills.lockSubscription(tx, { id: change.subscriptionId })
      if (!(await this.changes.move(tx, change, state))) return false
      if (notice !== undefined) tx.append(noticeRaised, notice)
      if (held !== undefined) await this.settleSubscription.execute(tx, held)
      return true
    })
  }
}
