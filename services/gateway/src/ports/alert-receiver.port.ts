/** Takes alerts byte for byte. Implemented by clients/. Must never change a body. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface RawAlert {
  readonly body: Buffer
  readonly contentType: string | undefined
  /** Of whoever sent it to us. */
  readonly clientAddress: string
  readonly requestId: string
}

export interface RawReply {
  readonly status: number
  /** Those that the sender gets to see. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export abstract class AlertReceiver {
  /** The receiver's own answer, or ALERTS_UNAVAILABLE when there is none within 2.5 s. */
  abstract receive(alert: RawAlert): Promise<Result<RawReply, CodedError>>
}
