/** Answers questions about payments. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { confirmPayment, getPayment, listPayments, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { ConfirmPayment } from '../../use-cases/confirm-payment/confirm-payment.use-case.ts'
import { GetPayment } from '../../use-cases/get-payment/get-payment.use-case.ts'
import { ListPayments } from '../../use-cases/list-payments/list-payments.use-case.ts'
import { RefundPayment } from '../../use-cases/refund-payment/refund-payment.use-case.ts'

@Controller()
export class PaymentsController {
  constructor(
    private readonly listPayments: ListPayments,
    private readonly getPayment: GetPayment,
    private readonly refundPayment: RefundPayment,
    private readonly confirmPayment: ConfirmPayment,
  ) {}

  @Answer(listPayments)
  list(request: RequestOf<typeof listPayments>) {
    return this.listPayments.execute(request)
  }

  @Answer(getPayment)
  get(request: RequestOf<typeof getPayment>) {
    return this.getPayment.execute(request)
  }

  @Answer(confirmPayment)
  confirm(request: RequestOf<typeof confirmPayment>) {
    return this.confirmPayment.execute(request)
  }

  @Answer(refundPayment)
  refund(request: RequestOf<typeof refundPayment>) {
    return this.refundPayment.execute(request)
  }
}
