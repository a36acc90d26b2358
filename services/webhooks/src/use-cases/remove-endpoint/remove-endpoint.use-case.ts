/** Removes an endpoint and what was not delivered to it yet. Called over RPC. Must never act on another user's endpoint. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { removeWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import { usableBy } from '../../domain/endpoint.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'

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
    return this.database.transact(async (tx) => {
      const endpoint = usableBy(caller, await this.endpoints.lock(tx, endpointId as WebhookEndpointId))
      if (!endpoint.ok) return endpoint
      await this.endpoints.remove(tx, endpoint.value.id)
      return ok({})
    })
  }
}
