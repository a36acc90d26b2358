/**
 * Drops changes to what the same user has another subscription to: both would be paid for one thing. Called by the job.
 * Must never drop what its provider still has, nor hold all up for one.
 */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { takenNotice } from '../../domain/subscriptions/change-notice.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
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
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async execute(now: Date): Promise<void> {
    for (const change of await this.changes.taken(batchRows)) await this.dropAlone(change, now)
  }

  private async dropAlone(change: SubscriptionChange, now: Date): Promise<void> {
    try {
      await this.drop(change, now)
    } catch (error) {
      this.logger.warn({ err: error, change: change.id }, 'a change could not be dropped; it is tried again')
    }
  }

  private async drop(change: SubscriptionChange, now: Date): Promise<void> {
    const held = await this.bills.findSubscription(change.subscriptionId, change.userId)
    if (held === undefined) return
    const atProvider = await this.takeBackAtProvider.execute(held, change, 'at-any-time')
    if (atProvider.ok) await this.moveChange.execute(change, 'dropped', takenNotice(change, now))
    else this.logger.warn({ change: change.id, code: atProvider.error.code }, 'a provider keeps a change')
  }
}
