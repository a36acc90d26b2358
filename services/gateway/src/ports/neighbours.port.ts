/** Services that take some requests byte for byte. Implemented by clients/. Must never change a body. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface RawRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Signatures are among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
}

export interface RawReply {
  readonly status: number
  /** Those that the sender gets to see. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** `signals` takes alerts; `billing` what payment providers deliver, and payers on their pages. */
export type Neighbour = 'signals' | 'billing'

export abstract class Neighbours {
  /** Its own answer; ALERTS_UNAVAILABLE or PAYMENTS_UNAVAILABLE when there is none before the sender hangs up. */
  abstract pass(to: Neighbour, request: RawRequest): Promise<Result<RawReply, CodedError>>
}
