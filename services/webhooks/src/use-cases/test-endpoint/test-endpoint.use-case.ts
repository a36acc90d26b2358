/** Queues a signed test delivery. Called over RPC. Must never reach an endpoint of another user. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { testWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { Clock } from '@tradewire/kernel/clock'
import { isUsableBy } from '../../domain/endpoint.ts'
import { payloadOf } from '../../domain/payload.ts'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

/** Only ever sent on request, so it is no event of the bus. */
const testEvent = 'webhook.test'

@Injectable()
export class TestEndpoint {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
    private readonly deliveries: Deliveries,
    private readonly clock: Clock,
  ) {}

  execute({
    caller,
    endpointId,
  }: RequestOf<typeof testWebhookEndpoint>): Promise<Result<ReplyOf<typeof testWebhookEndpoint>, CodedError>> {
    return this.database.transactOwn(visibleTo(caller), async (tx) => {
      const endpoint = await this.endpoints.lock(tx, endpointId as WebhookEndpointId)
      if (!isUsableBy(caller, endpoint)) return err(webhooksErrors.of('ENDPOINT_NOT_FOUND', { endpointId }))
      const occurredAt = this.clock.now().toISOString()
      const body = payloadOf({ name: testEvent, occurredAt, data: { endpointId } })
      return ok({ deliveryId: await this.deliveries.queueOne(tx, endpointId, { event: testEvent, body }) })
    })
  }
}
