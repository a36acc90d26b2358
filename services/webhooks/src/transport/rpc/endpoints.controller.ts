/** Answers questions about endpoints. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/webhooks'
import { CreateEndpoint } from '../../use-cases/create-endpoint/create-endpoint.use-case.ts'
import { GetEndpoint } from '../../use-cases/get-endpoint/get-endpoint.use-case.ts'
import { ListEndpoints } from '../../use-cases/list-endpoints/list-endpoints.use-case.ts'
import { RemoveEndpoint } from '../../use-cases/remove-endpoint/remove-endpoint.use-case.ts'
import { UpdateEndpoint } from '../../use-cases/update-endpoint/update-endpoint.use-case.ts'

@Controller()
export class EndpointsController {
  constructor(
    private readonly createEndpoint: CreateEndpoint,
    private readonly getEndpoint: GetEndpoint,
    private readonly listEndpoints: ListEndpoints,
    private readonly updateEndpoint: UpdateEndpoint,
    private readonly removeEndpoint: RemoveEndpoint,
  ) {}

  @Answer(rpc.createWebhookEndpoint)
  create(request: RequestOf<typeof rpc.createWebhookEndpoint>) {
    return this.createEndpoint.execute(request)
  }

  @Answer(rpc.getWebhookEndpoint)
  get(request: RequestOf<typeof rpc.getWebhookEndpoint>) {
    return this.getEndpoint.execute(request)
  }

  @Answer(rpc.listWebhookEndpoints)
  list(request: RequestOf<typeof rpc.listWebhookEndpoints>) {
    return this.listEndpoints.execute(request)
  }

  @Answer(rpc.updateWebhookEndpoint)
  update(request: RequestOf<typeof rpc.updateWebhookEndpoint>) {
    return this.updateEndpoint.execute(request)
  }

  @Answer(rpc.removeWebhookEndpoint)
  remove(request: RequestOf<typeof rpc.removeWebhookEndpoint>) {
    return this.removeEndpoint.execute(request)
  }
}
