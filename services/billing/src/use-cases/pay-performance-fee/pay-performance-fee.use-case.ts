/** Opens a checkout for a performance fee. Called over RPC by the one who owes it. Must never open two at one provider, nor one for what is paid. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { payPerformanceFee } from '@tradewire/contracts/rpc/billing/performance-fees'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { isOpened } from '../../domain/bills/bill.ts'
import { BillFactory } from '../../domain/bills/bill-factory.ts'
import { viewIntent } from '../../domain/bills/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Fees } from '../../ports/fees.port.ts'
import { OpenCheckout } from '../open-checkout/open-checkout.use-case.ts'

@Injectable()
export class PayPerformanceFee {
  constructor(
    private readonly database: Database,
    private readonly fees: Fees,
    private readonly bills: Bills,
    private readonly openCheckout: OpenCheckout,
    private readonly factory: BillFactory,
  ) {}

  async execute({
    caller,
    feeId,
    provider,
  }: RequestOf<typeof payPerformanceFee>): Promise<Result<ReplyOf<typeof payPerformanceFee>, CodedError>> {
    const fee = await this.fees.find(feeId, caller.userId)
    if (fee?.userId !== caller.userId) return err(billingErrors.of('FEE_NOT_FOUND', { feeId }))
    if (fee.paid || fee.fee.minor === 0n) return err(billingErrors.of('FEE_NOT_OPEN', { feeId }))
    const wanted = this.factory.feePayment(fee, provider)
    await this.database.transact((tx) => this.bills.insertPayment(tx, wanted))
    const payment = (await this.bills.findPayment(wanted.id, wanted.userId)) ?? wanted
    const opened = isOpened(payment) ? ok(payment) : await this.openCheckout.execute({ payment, subscription: null })
    return opened.ok ? ok(viewIntent(opened.value, null)) : opened
  }
}
