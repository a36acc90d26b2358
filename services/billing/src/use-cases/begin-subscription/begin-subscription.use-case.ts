/**
 * Begins a subscription to a plan or a strategy: stored first, then opened at the provider, then paid by the user.
 * Called over RPC. Must never open two for one requestId.
 */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { isOpened, type Payment, type Subscription } from '../../domain/bills/bill.ts'
import { viewIntent } from '../../domain/bills/bill-views.ts'
import { periodEnd } from '../../domain/subscriptions/billing-cycle.ts'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import { Bills } from '../../ports/bills.port.ts'
import { FindOffer } from '../find-offer/find-offer.use-case.ts'
import { OpenCheckout } from '../open-checkout/open-checkout.use-case.ts'

type Request = RequestOf<typeof beginSubscription>
type Reply = ReplyOf<typeof beginSubscription>
interface Begun {
  readonly payment: Payment
  readonly subscription: Subscription
}

@Injectable()
export class BeginSubscription {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly findOffer: FindOffer,
    private readonly openCheckout: OpenCheckout,
    private readonly factory: BillFactory,
  ) {}

  async execute({ caller, subscription: wish }: Request): Promise<Result<Reply, CodedError>> {
    const requestHash = uuidOfHash(
      JSON.stringify([caller.userId, wish.subject, wish.provider, wish.currency, wish.cycle, wish.checkout]),
    )
    const before = await this.again(wish.requestId, requestHash)
    let begun = before ?? (await this.begin(caller.userId, wish, requestHash))
    // An equal request at the same moment was first.
    if (before === undefined && !begun.ok) begun = (await this.again(wish.requestId, requestHash)) ?? begun
    if (!begun.ok) return begun
    const { payment, subscription } = begun.value
    const nextPaymentAt = periodEnd(subscription.anchorAt, subscription.cycle, 1)
    if (isOpened(payment)) return ok(viewIntent(payment, nextPaymentAt))
    const opened = await this.openCheckout.execute({ payment, subscription, checkout: wish.checkout })
    return opened.ok ? ok(viewIntent(opened.value, nextPaymentAt)) : opened
  }

  /** Undefined when the request comes for the first time. */
  private async again(id: string | undefined, requestHash: string): Promise<Result<Begun, CodedError> | undefined> {
    const payment = id === undefined ? undefined : await this.bills.findPayment(id, undefined)
    if (payment === undefined) return undefined
    if (payment.requestHash !== requestHash) return err(billingErrors.of('REQUEST_ID_TAKEN'))
    const subscription = await this.bills.findSubscription(payment.subscriptionId ?? payment.id, payment.userId)
    return subscription === undefined ? err(billingErrors.of('REQUEST_ID_TAKEN')) : ok({ payment, subscription })
  }

  private async begin(
    userId: string,
    wish: Request['subscription'],
    requestHash: string,
  ): Promise<Result<Begun, CodedError>> {
    const offer = await this.findOffer.execute(userId, wish)
    if (!offer.ok) return offer
    const subscription = this.factory.subscription(userId, wish.provider, offer.value)
    const payment = this.factory.firstPayment(subscription, wish.requestId, requestHash)
    return this.database.transact(async (tx) => {
      if (!(await this.bills.insertSubscription(tx, subscription))) return err(billingErrors.of('ALREADY_SUBSCRIBED'))
      if (!(await this.bills.insertPayment(tx, payment)))
        throw new RangeError(`payment ${payment.id} came in twice at once`)
      return ok({ payment, subscription })
    })
  }
}
