/** Removes an endpoint and what was not delivered to it yet. Called over RPC. Must never act on another user's endpoint. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { removeWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { isUsableBy } from '../../domain/endpoint.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

@Injectable()
export class RemoveEndpoint {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
  ) {}

  execute({
    caller,
    endpointId,
  }: RequestOf<typeof removeWebhookEndpoint>): Promise<Result<ReplyOf<typeof removeWebhookEndpoint>, CodedError>> {
    return this.database.transactOwn(visibleTo(caller), async (tx) => {
      const endpoint = await this.endpoints.lock(tx, endpointId as WebhookEndpointId)
      if (!isUsableBy(caller, endpoint)) return err(webhooksErrors.of('ENDPOINT_NOT_FOUND', { endpointId }))
      await this.endpoints.remove(tx, endpoint.id)
      return ok({})
    })
  }
}
