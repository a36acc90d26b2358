/**
 * Takes a stored change one step on: opens what is to be paid, or tells its provider what later periods cost.
 * Called when one is asked for, again and again, and by the job. Must never be called inside a transaction.
 */
import { Injectable } from '@nestjs/common'
import type { SubscriptionChangeReply } from '@tradewire/contracts/rpc/billing/subscription-changes'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { isOpened, type Payment } from '../../domain/bills/bill.ts'
import { viewChange } from '../../domain/subscriptions/change-views.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { MoveChange } from '../move-change/move-change.use-case.ts'
import { OpenCheckout } from '../open-checkout/open-checkout.use-case.ts'
import { TellChange } from '../tell-change/tell-change.use-case.ts'

@Injectable()
export class CarryOutChange {
  constructor(
    private readonly bills: Bills,
    private readonly openCheckout: OpenCheckout,
    private readonly tellChange: TellChange,
    private readonly moveChange: MoveChange,
  ) {}

  async execute(change: SubscriptionChange): Promise<Result<SubscriptionChangeReply, CodedError>> {
    const payment = change.timing === 'now' ? await this.bills.findPayment(change.id, change.userId) : undefined
    if (change.state === 'open' && payment !== undefined) {
      const opened = await this.open(change, payment)
      return opened.ok ? ok(viewChange(change, opened.value)) : opened
    }
    const isToTell = change.toldToProvider && (change.state === 'open' || change.state === 'paid')
    const told = isToTell ? await this.tellChange.execute(change) : ok(change)
    return told.ok ? ok(viewChange(told.value, payment)) : told
  }

  private async open(change: SubscriptionChange, payment: Payment): Promise<Result<Payment, CodedError>> {
    if (isOpened(payment) || payment.externalId !== null) return ok(payment)
    const subscription = await this.bills.findSubscription(change.subscriptionId, change.userId)
    const changed = subscription && { change, subscription }
    const opened = await this.openCheckout.execute({ payment, subscription: null, changed })
    if (!opened.ok && opened.error.code === 'PROVIDER_REFUSED') await this.moveChange.execute(change, 'dropped')
    return opened
  }
}
