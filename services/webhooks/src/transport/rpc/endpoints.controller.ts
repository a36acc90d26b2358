/** Answers questions about endpoints. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/webhooks'
import { ChangeEndpoint } from '../../use-cases/change-endpoint/change-endpoint.use-case.ts'
import { CreateEndpoint } from '../../use-cases/create-endpoint/create-endpoint.use-case.ts'
import { ReadEndpoints } from '../../use-cases/read-endpoints/read-endpoints.use-case.ts'

@Controller()
export class EndpointsController {
  constructor(
    private readonly createEndpoint: CreateEndpoint,
    private readonly changeEndpoint: ChangeEndpoint,
    private readonly readEndpoints: ReadEndpoints,
  ) {}

  @Answer(rpc.createWebhookEndpoint)
  create(request: RequestOf<typeof rpc.createWebhookEndpoint>) {
    return this.createEndpoint.execute(request)
  }

  @Answer(rpc.listWebhookEndpoints)
  list(request: RequestOf<typeof rpc.listWebhookEndpoints>) {
    return this.readEndpoints.list(request)
  }

  @Answer(rpc.getWebhookEndpoint)
  get(request: RequestOf<typeof rpc.getWebhookEndpoint>) {
    return this.readEndpoints.one(request)
  }

  @Answer(rpc.updateWebhookEndpoint)
  update(request: RequestOf<typeof rpc.updateWebhookEndpoint>) {
    return this.changeEndpoint.update(request)
  }

  @Answer(rpc.rotateWebhookSecret)
  rotate(request: RequestOf<typeof rpc.rotateWebhookSecret>) {
    return this.changeEndpoint.rotateSecret(request)
  }

  @Answer(rpc.testWebhookEndpoint)
  test(request: RequestOf<typeof rpc.testWebhookEndpoint>) {
    return this.changeEndpoint.test(request)
  }

  @Answer(rpc.removeWebhookEndpoint)
  remove(request: RequestOf<typeof rpc.removeWebhookEndpoint>) {
    return this.changeEndpoint.remove(request)
  }
}
