/** Buys products: stored first, then opened at the provider, then paid by the user. Called over RPC. Must never open two for one requestId. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { makePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { isOpened, type Payment, type Purchase } from '../../domain/bills/bill.ts'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import { viewCalculation, viewIntent } from '../../domain/bills/bill-views.ts'
import { priceMinorMax } from '../../domain/money/money.ts'
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
    const bought =
      (await this.again(requestId, requestHash)) ??
      (await this.buy(caller.userId, wish, requestHash)) ??
      (await this.again(requestId, requestHash))
    if (bought === undefined) throw new RangeError('a payment is taken that cannot be found')
    if (!bought.ok) return bought
    const { purchase, payment } = bought.value
    const how = { payment, subscription: null, checkout: wish.checkout }
    const opened = isOpened(payment) ? ok(payment) : await this.openCheckout.execute(how)
    if (!opened.ok) return opened
    return ok({ purchaseId: purchase.id, ...viewCalculation(purchase), payment: viewIntent(opened.value, null) })
  }

  /** Undefined when the request comes for the first time. */
  private async again(id: string | undefined, requestHash: string): Promise<Result<Bought, CodedError> | undefined> {
    const payment = id === undefined ? undefined : await this.bills.findPayment(id, undefined)
    if (payment === undefined) return undefined
    if (payment.requestHash !== requestHash) return err(billingErrors.of('REQUEST_ID_TAKEN'))
    const purchase = await this.bills.findPurchase(payment.purchaseId ?? payment.id)
    return purchase === undefined ? err(billingErrors.of('REQUEST_ID_TAKEN')) : ok({ purchase, payment })
  }

  /** Undefined when an equal request at the same moment was first. */
  private async buy(
    userId: string,
    wish: Request['purchase'],
    requestHash: string,
  ): Promise<Result<Bought, CodedError> | undefined> {
    const calculated = await this.calculatePurchase.execute(userId, wish)
    if (!calculated.ok) return calculated
    const { minor } = calculated.value.total
    if (minor === 0n || minor > priceMinorMax) return err(billingErrors.of('PURCHASE_INVALID'))
    const purchase = this.factory.purchase(userId, calculated.value, wish.requestId)
    const payment = this.factory.purchasePayment(purchase, wish.provider, requestHash)
    return this.database.transact(async (tx) => {
      if (!(await this.bills.insertPurchase(tx, purchase))) return undefined
      await this.bills.insertPayment(tx, payment)
      return ok({ purchase, payment })
    })
  }
}
