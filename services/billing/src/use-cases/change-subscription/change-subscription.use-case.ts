/**
 * Changes what a subscription is for: stored first, then told to its provider or paid by its user, then in force.
 * Called over RPC. Must never make two of one requestId, nor one that was priced for a time that is over.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { changeSubscription, SubscriptionChangeReply } from '@tradewire/contracts/rpc/billing/subscription-changes'
import type { CodedError } from '@tradewire/kernel/errors'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { CarryOutChange } from '../carry-out-change/carry-out-change.use-case.ts'
import { PriceChange } from '../price-change/price-change.use-case.ts'
import { StoreChange } from '../store-change/store-change.use-case.ts'

type Request = RequestOf<typeof changeSubscription>

@Injectable()
export class ChangeSubscription {
  constructor(
    private readonly changes: SubscriptionChanges,
    private readonly priceChange: PriceChange,
    private readonly storeChange: StoreChange,
    private readonly carryOutChange: CarryOutChange,
  ) {}

  async execute(request: Request): Promise<Result<SubscriptionChangeReply, CodedError>> {
    const { caller, subscriptionId, wish, requestId } = request
    const requestHash = uuidOfHash(JSON.stringify([caller.userId, subscriptionId, wish.planId, wish.cycle]))
    const before = await this.again(requestId, requestHash)
    let begun = before ?? (await this.begin(request, requestHash))
    // An equal request at the same moment was first.
    if (before === undefined && !begun.ok) begun = (await this.again(requestId, requestHash)) ?? begun
    return begun.ok ? this.carryOutChange.execute(begun.value) : begun
  }

  /** Undefined when the request comes for the first time. */
  private async again(
    id: string | undefined,
    requestHash: string,
  ): Promise<Result<SubscriptionChange, CodedError> | undefined> {
    const change = id === undefined ? undefined : await this.changes.find(id)
    if (change === undefined) return undefined
    return change.requestHash === requestHash ? ok(change) : err(billingErrors.of('REQUEST_ID_TAKEN'))
  }

  private async begin(request: Request, requestHash: string): Promise<Result<SubscriptionChange, CodedError>> {
    const priced = await this.priceChange.execute(request)
    return priced.ok ? this.storeChange.execute(priced.value, { requestId: request.requestId, requestHash }) : priced
  }
}
