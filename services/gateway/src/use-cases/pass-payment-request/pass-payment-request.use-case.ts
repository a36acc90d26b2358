/** Passes one delivery of a payment provider, or one request of a payer's page, on to billing. Called by the payment routes. Must never look into it. */
import { Injectable } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { PaymentEdge, type RawPaymentReply, type RawPaymentRequest } from '#ports/payment-edge.port'

@Injectable()
export class PassPaymentRequest {
  constructor(private readonly edge: PaymentEdge) {}

  /** Fails with PAYMENTS_UNAVAILABLE. */
  execute(request: RawPaymentRequest): Promise<Result<RawPaymentReply, CodedError>> {
    return this.edge.pass(request)
  }
}
