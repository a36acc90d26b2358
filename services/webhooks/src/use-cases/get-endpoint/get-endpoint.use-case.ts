/** Shows one endpoint. Called over RPC and by those who act on its deliveries. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { isUsableBy, viewEndpoint } from '../../domain/endpoint.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

@Injectable()
export class GetEndpoint {
  constructor(private readonly endpoints: Endpoints) {}

  async execute({
    caller,
    endpointId,
  }: RequestOf<typeof getWebhookEndpoint>): Promise<Result<ReplyOf<typeof getWebhookEndpoint>, CodedError>> {
    const endpoint = await this.endpoints.find(endpointId as WebhookEndpointId, visibleTo(caller))
    return isUsableBy(caller, endpoint)
      ? ok(viewEndpoint(endpoint))
      : err(webhooksErrors.of('ENDPOINT_NOT_FOUND', { endpointId }))
  }
}
