/** Makes a new signing secret; the old one signs beside it for a day. Called over RPC. Must never show an old secret. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { rotateWebhookSecret } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { isUsableBy, viewEndpoint } from '../../domain/endpoint.ts'
import { EndpointFactory } from '../../domain/endpoint-factory.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

@Injectable()
export class RotateEndpointSecret {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
    private readonly factory: EndpointFactory,
  ) {}

  execute({
    caller,
    endpointId,
  }: RequestOf<typeof rotateWebhookSecret>): Promise<Result<ReplyOf<typeof rotateWebhookSecret>, CodedError>> {
    return this.database.transactOwn(visibleTo(caller), async (tx) => {
      const endpoint = await this.endpoints.lock(tx, endpointId as WebhookEndpointId)
      if (!isUsableBy(caller, endpoint)) return err(webhooksErrors.of('ENDPOINT_NOT_FOUND', { endpointId }))
      const rotated = this.factory.rotated(endpoint)
      await this.endpoints.update(tx, rotated)
      return ok({ ...viewEndpoint(rotated), secret: rotated.secret })
    })
  }
}
