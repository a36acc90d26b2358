/** Shows one payment. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getPayment } from '@tradewire/contracts/rpc/billing/payments'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewPayment } from '../../domain/bills/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'

@Injectable()
export class GetPayment {
  constructor(private readonly bills: Bills) {}

  async execute({
    caller,
    paymentId,
  }: RequestOf<typeof getPayment>): Promise<Result<ReplyOf<typeof getPayment>, CodedError>> {
    const payment = await this.bills.findPayment(paymentId, visibleTo(caller))
    const isTheirs = payment !== undefined && maySee(caller, payment.userId)
    return isTheirs ? ok(viewPayment(payment)) : err(billingErrors.of('PAYMENT_NOT_FOUND', { paymentId }))
  }
}
