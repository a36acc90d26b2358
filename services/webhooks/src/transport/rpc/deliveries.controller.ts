/** Answers questions about deliveries. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/webhooks'
import { ReadDeliveries } from '../../use-cases/read-deliveries/read-deliveries.use-case.ts'
import { ReplayDeliveries } from '../../use-cases/replay-deliveries/replay-deliveries.use-case.ts'

@Controller()
export class DeliveriesController {
  constructor(
    private readonly readDeliveries: ReadDeliveries,
    private readonly replayDeliveries: ReplayDeliveries,
  ) {}

  @Answer(rpc.listWebhookDeliveries)
  list(request: RequestOf<typeof rpc.listWebhookDeliveries>) {
    return this.readDeliveries.list(request)
  }

  @Answer(rpc.getWebhookDelivery)
  get(request: RequestOf<typeof rpc.getWebhookDelivery>) {
    return this.readDeliveries.one(request)
  }

  @Answer(rpc.replayWebhookDeliveries)
  replay(request: RequestOf<typeof rpc.replayWebhookDeliveries>) {
    return this.replayDeliveries.execute(request)
  }
}
