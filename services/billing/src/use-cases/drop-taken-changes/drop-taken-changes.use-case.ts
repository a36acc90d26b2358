/**
 * Drops changes to what the same user has another subscription to: both would be paid for one thing. Called by the job.
 * Must never drop what its provider still has, nor hold all up for one.
 */
import { Injectable } from '@nestjs/common'
import { takenNotice } from '../../domain/subscriptions/change-notice.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { DoEachAlone } from '../do-each-alone/do-each-alone.use-case.ts'
import { MoveChange } from '../move-change/move-change.use-case.ts'
import { TakeBackAtProvider } from '../take-back-at-provider/take-back-at-provider.use-case.ts'

const batchRows = 100

@Injectable()
export class DropTakenChanges {
  constructor(
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
    private readonly takeBackAtProvider: TakeBackAtProvider,
    private readonly moveChange: MoveChange,
    private readonly doEachAlone: DoEachAlone,
  ) {}

  async execute(now: Date): Promise<void> {
    await this.doEachAlone.execute(await this.changes.taken(now, batchRows), {
      work: (change) => this.drop(change, now),
      putOff: ({ id }, until) => this.changes.putOff(id, until),
      failed: 'a change could not be dropped',
      about: ({ id }) => ({ change: id }),
    })
  }

  private async drop(change: SubscriptionChange, now: Date): Promise<boolean | string> {
    const held = await this.bills.findSubscription(change.subscriptionId, change.userId)
    if (held === undefined) return false
    const atProvider = await this.takeBackAtProvider.execute(held, change, 'at-any-time')
    if (!atProvider.ok) return atProvider.error.code
    await this.moveChange.execute(change, 'dropped', takenNotice(change, now))
    return true
  }
}
