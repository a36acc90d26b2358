/** Takes back a change that is not in force yet, at its provider first. Called over RPC. Must never take back what was paid. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { SubscriptionChangeReply, takeBackChange } from '@tradewire/contracts/rpc/billing/subscription-changes'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewChange } from '../../domain/subscriptions/change-views.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { TakeBackAtProvider } from '../take-back-at-provider/take-back-at-provider.use-case.ts'

@Injectable()
export class TakeBackChange {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
    private readonly takeBackAtProvider: TakeBackAtProvider,
    private readonly clock: Clock,
  ) {}

  async execute({
    caller,
    subscriptionId,
  }: RequestOf<typeof takeBackChange>): Promise<Result<SubscriptionChangeReply, CodedError>> {
    const change = await this.changes.latest(subscriptionId)
    const held = await this.bills.findSubscription(subscriptionId, visibleTo(caller))
    if (change === undefined || held === undefined || !maySee(caller, change.userId)) {
      return err(billingErrors.of('CHANGE_NOT_FOUND'))
    }
    if (change.state === 'dropped') return ok(viewChange(change, undefined))
    if (change.state !== 'open' && change.state !== 'scheduled') return err(billingErrors.of('CHANGE_TOO_LATE'))
    // Its provider has it in force, though we have not moved yet.
    const isDue = change.timing === 'period-end' && this.clock.now() >= change.effectiveAt
    if (isDue) return err(billingErrors.of('CHANGE_TOO_LATE'))
    const atProvider = await this.takeBackAtProvider.execute(held, change, 'before-its-time')
    if (!atProvider.ok) return atProvider
    return this.database.transact(async (tx) => {
      const locked = await this.bills.lockSubscription(tx, { id: subscriptionId })
      const pending = await this.changes.pending(tx, subscriptionId)
      // The next period is billed as the change has it.
      const isPaid = (locked?.facts.paidThrough ?? change.paidThrough) > change.paidThrough
      const isBilled = locked === undefined || isPaid || (await this.bills.isNextBilled(tx, locked))
      if (
        (isBilled && change.state === 'scheduled') ||
        pending?.id !== change.id ||
        !(await this.changes.move(tx, pending, 'dropped'))
      ) {
        return err(billingErrors.of('CHANGE_TOO_LATE'))
      }
      return ok(viewChange({ ...change, state: 'dropped' }, undefined))
    })
  }
}
