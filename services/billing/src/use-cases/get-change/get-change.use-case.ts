/** Shows the latest change of a subscription. Called over RPC. Must never show somebody else's. */
import { Injectable } from '@nestjs/common'
import { maySee } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getChange, SubscriptionChangeReply } from '@tradewire/contracts/rpc/billing/subscription-changes'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewChange } from '../../domain/subscriptions/change-views.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'

@Injectable()
export class GetChange {
  constructor(
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
  ) {}

  async execute({
    caller,
    subscriptionId,
  }: RequestOf<typeof getChange>): Promise<Result<SubscriptionChangeReply, CodedError>> {
    const change = await this.changes.latest(subscriptionId)
    if (change === undefined || !maySee(caller, change.userId)) return err(billingErrors.of('CHANGE_NOT_FOUND'))
    const payment = change.timing === 'now' ? await this.bills.findPayment(change.id, change.userId) : undefined
    return ok(viewChange(change, payment))
  }
}
