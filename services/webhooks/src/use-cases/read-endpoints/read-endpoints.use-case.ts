/** Shows endpoints to those who own them. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getWebhookEndpoint, listWebhookEndpoints } from '@tradewire/contracts/rpc/webhooks'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { mayUse, viewEndpoint, type EndpointView } from '../../domain/endpoint.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

@Injectable()
export class ReadEndpoints {
  constructor(private readonly endpoints: Endpoints) {}

  async one({ caller, endpointId }: RequestOf<typeof getWebhookEndpoint>): Promise<Result<EndpointView, CodedError>> {
    const endpoint = await this.endpoints.find(endpointId as WebhookEndpointId)
    return endpoint === undefined || !mayUse(caller, endpoint)
      ? err(webhooksErrors.of('ENDPOINT_NOT_FOUND', { endpointId }))
      : ok(viewEndpoint(endpoint))
  }

  list({
    caller,
    page,
  }: RequestOf<typeof listWebhookEndpoints>): Promise<Result<ReplyOf<typeof listWebhookEndpoints>, CodedError>> {
    const userId = caller.roles.includes('operator') ? undefined : caller.userId
    return pageById(page, (window) => this.endpoints.list({ ...window, userId }), viewEndpoint)
  }
}
