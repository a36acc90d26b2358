/** Takes what payment providers deliver and serves the pages of payers. Implemented by clients/. Must never change a body. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface RawPaymentRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Signatures are among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
}

export interface RawPaymentReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export abstract class PaymentEdge {
  /** The answer of billing, or PAYMENTS_UNAVAILABLE when there is none in time. */
  abstract pass(request: RawPaymentRequest): Promise<Result<RawPaymentReply, CodedError>>
}
