/** Live events from JetStream. Implements the LiveFeed port. Must never leave a consumer behind when its reader is gone. */
import { Injectable } from '@nestjs/common'
import { Bus } from '@tradewire/bus/connection'
import { Tail } from '@tradewire/bus/tail'
import type { EventContract } from '@tradewire/contracts/define-event'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { OpenFeed } from '#domain/followed-events'
import { gatewayErrors } from '#gateway.errors'
import { LiveFeed } from '#ports/live-feed.port'

@Injectable()
export class BusLiveFeed extends LiveFeed {
  constructor(
    private readonly bus: Bus,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
  }

  async open(
    contracts: readonly EventContract[],
    after: { readonly sequence: number; readonly life?: string } | undefined,
  ): Promise<Result<OpenFeed, CodedError>> {
    try {
      return ok(await Tail.open(this.bus, { contracts, ...(after === undefined ? {} : { after }) }))
    } catch (error) {
      this.logger.warn({ error }, 'a live stream could not be opened')
      return err(gatewayErrors.of('STREAM_UNAVAILABLE'))
    }
  }
}
