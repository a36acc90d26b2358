/** Answers questions about payments. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing'
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

  @Answer(rpc.listPayments)
  list(request: RequestOf<typeof rpc.listPayments>) {
    return this.listPayments.execute(request)
  }

  @Answer(rpc.getPayment)
  get(request: RequestOf<typeof rpc.getPayment>) {
    return this.getPayment.execute(request)
  }

  @Answer(rpc.confirmPayment)
  confirm(request: RequestOf<typeof rpc.confirmPayment>) {
    return this.confirmPayment.execute(request)
  }

  @Answer(rpc.refundPayment)
  refund(request: RequestOf<typeof rpc.refundPayment>) {
    return this.refundPayment.execute(request)
  }
}
