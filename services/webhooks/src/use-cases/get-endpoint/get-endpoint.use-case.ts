/** Shows one endpoint. Called over RPC and by those who act on its deliveries. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import { usableBy, viewEndpoint } from '../../domain/endpoint.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'

@Injectable()
export class GetEndpoint {
  constructor(private readonly endpoints: Endpoints) {}

  async execute({
    caller,
    endpointId,
  }: RequestOf<typeof getWebhookEndpoint>): Promise<Result<ReplyOf<typeof getWebhookEndpoint>, CodedError>> {
    const endpoint = usableBy(caller, await this.endpoints.find(endpointId as WebhookEndpointId))
    return endpoint.ok ? ok(viewEndpoint(endpoint.value)) : endpoint
  }
}
