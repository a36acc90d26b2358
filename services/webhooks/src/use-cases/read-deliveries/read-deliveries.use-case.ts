/** Shows what was delivered, attempt by attempt. Called over RPC. Must never show another user's deliveries. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getWebhookDelivery, listWebhookDeliveries } from '@tradewire/contracts/rpc/webhooks'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'
import { ReadEndpoints } from '../read-endpoints/read-endpoints.use-case.ts'

@Injectable()
export class ReadDeliveries {
  constructor(
    private readonly endpoints: ReadEndpoints,
    private readonly deliveries: Deliveries,
  ) {}

  async one({
    caller,
    endpointId,
    deliveryId,
  }: RequestOf<typeof getWebhookDelivery>): Promise<Result<ReplyOf<typeof getWebhookDelivery>, CodedError>> {
    const endpoint = await this.endpoints.one({ caller, endpointId })
    if (!endpoint.ok) return endpoint
    const delivery = await this.deliveries.find(endpointId, deliveryId)
    return delivery === undefined ? err(webhooksErrors.of('DELIVERY_NOT_FOUND', { deliveryId })) : ok(delivery)
  }

  async list({
    caller,
    page,
    endpointId,
    state,
  }: RequestOf<typeof listWebhookDeliveries>): Promise<Result<ReplyOf<typeof listWebhookDeliveries>, CodedError>> {
    const endpoint = await this.endpoints.one({ caller, endpointId })
    if (!endpoint.ok) return endpoint
    return pageById(
      page,
      (window) => this.deliveries.list({ ...window, endpointId, state }),
      (delivery) => delivery,
    )
  }
}
