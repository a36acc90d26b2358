/** Answers questions about deliveries, and what makes new ones. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/webhooks'
import { GetDelivery } from '../../use-cases/get-delivery/get-delivery.use-case.ts'
import { ListDeliveries } from '../../use-cases/list-deliveries/list-deliveries.use-case.ts'
import { ReplayDeliveries } from '../../use-cases/replay-deliveries/replay-deliveries.use-case.ts'
import { RotateEndpointSecret } from '../../use-cases/rotate-endpoint-secret/rotate-endpoint-secret.use-case.ts'
import { TestEndpoint } from '../../use-cases/test-endpoint/test-endpoint.use-case.ts'

@Controller()
export class DeliveriesController {
  constructor(
    private readonly listDeliveries: ListDeliveries,
    private readonly getDelivery: GetDelivery,
    private readonly replayDeliveries: ReplayDeliveries,
    private readonly testEndpoint: TestEndpoint,
    private readonly rotateEndpointSecret: RotateEndpointSecret,
  ) {}

  @Answer(rpc.listWebhookDeliveries)
  list(request: RequestOf<typeof rpc.listWebhookDeliveries>) {
    return this.listDeliveries.execute(request)
  }

  @Answer(rpc.getWebhookDelivery)
  get(request: RequestOf<typeof rpc.getWebhookDelivery>) {
    return this.getDelivery.execute(request)
  }

  @Answer(rpc.replayWebhookDeliveries)
  replay(request: RequestOf<typeof rpc.replayWebhookDeliveries>) {
    return this.replayDeliveries.execute(request)
  }

  @Answer(rpc.testWebhookEndpoint)
  test(request: RequestOf<typeof rpc.testWebhookEndpoint>) {
    return this.testEndpoint.execute(request)
  }

  @Answer(rpc.rotateWebhookSecret)
  rotateSecret(request: RequestOf<typeof rpc.rotateWebhookSecret>) {
    return this.rotateEndpointSecret.execute(request)
  }
}
