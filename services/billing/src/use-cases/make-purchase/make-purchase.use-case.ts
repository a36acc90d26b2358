/** Buys products: stored first, then opened at the provider, then paid by the user. Called over RPC. Must never open two for one requestId. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { makePurchase } from '@tradewire/contracts/rpc/billing'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Payment, Purchase } from '../../domain/bill.ts'
import { BillFactory } from '../../domain/bill-factory.ts'
import { viewCalculation, viewIntent } from '../../domain/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'
import { CalculatePurchase } from '../calculate-purchase/calculate-purchase.use-case.ts'
import { OpenCheckout } from '../open-checkout/open-checkout.use-case.ts'

type Request = RequestOf<typeof makePurchase>
type Reply = ReplyOf<typeof makePurchase>
interface Bought {
  readonly purchase: Purchase
  readonly payment: Payment
}

@Injectable()
export class MakePurchase {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly calculatePurchase: CalculatePurchase,
    private readonly openCheckout: OpenCheckout,
    private readonly factory: BillFactory,
  ) {}

  async execute({ caller, purchase: wish }: Request): Promise<Result<Reply, CodedError>> {
    const { requestId, ...asked } = wish
    const requestHash = uuidOfHash(JSON.stringify([caller.userId, asked]))
    const earlier = requestId === undefined ? undefined : await this.bills.findPayment(requestId)
    if (earlier !== undefined && earlier.requestHash !== requestHash) return err(billingErrors.of('REQUEST_ID_TAKEN'))
    const bought = earlier === undefined ? await this.buy(caller.userId, wish, requestHash) : await this.again(earlier)
    if (!bought.ok) return bought
    const { purchase, payment } = bought.value
    const opened =
      payment.externalId === null ? await this.openCheckout.execute({ payment, subscription: null }) : ok(payment)
    if (!opened.ok) return opened
    return ok({ purchaseId: purchase.id, ...viewCalculation(purchase), payment: viewIntent(opened.value, null) })
  }

  private async again(payment: Payment): Promise<Result<Bought, CodedError>> {
    const purchase = await this.bills.findPurchase(payment.purchaseId ?? payment.id)
    return purchase === undefined ? err(billingErrors.of('REQUEST_ID_TAKEN')) : ok({ purchase, payment })
  }

  private async buy(
    userId: string,
    wish: Request['purchase'],
    requestHash: string,
  ): Promise<Result<Bought, CodedError>> {
    const calculated = await this.calculatePurchase.execute(wish)
    if (!calculated.ok) return calculated
    if (calculated.value.total.minor === 0n) return err(billingErrors.of('PURCHASE_INVALID'))
    const purchase = this.factory.purchase(userId, calculated.value, wish.requestId)
    const payment = this.factory.purchasePayment(purchase, wish.provider, requestHash)
    return this.database.transact(async (tx) => {
      await this.bills.insertPurchase(tx, purchase)
      if (!(await this.bills.insertPayment(tx, payment)))
        throw new RangeError(`payment ${payment.id} came in twice at once`)
      return ok({ purchase, payment })
    })
  }
}
