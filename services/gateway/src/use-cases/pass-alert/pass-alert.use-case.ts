/** Passes one alert on to signals. Called by the alert intake route. Must never look into it. */
import { Injectable } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { AlertReceiver, type RawAlert, type RawReply } from '#ports/alert-receiver.port'

@Injectable()
export class PassAlert {
  constructor(private readonly receiver: AlertReceiver) {}

  /** Fails with ALERTS_UNAVAILABLE. */
  execute(alert: RawAlert): Promise<Result<RawReply, CodedError>> {
    return this.receiver.receive(alert)
  }
}
