/** Shows one delivery with its body and every attempt. Called over RPC. Must never show another user's delivery. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getWebhookDelivery } from '@tradewire/contracts/rpc/webhooks'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'
import { GetEndpoint } from '../get-endpoint/get-endpoint.use-case.ts'

@Injectable()
export class GetDelivery {
  constructor(
    private readonly getEndpoint: GetEndpoint,
    private readonly deliveries: Deliveries,
  ) {}

  async execute({
    caller,
    endpointId,
    deliveryId,
  }: RequestOf<typeof getWebhookDelivery>): Promise<Result<ReplyOf<typeof getWebhookDelivery>, CodedError>> {
    const endpoint = await this.getEndpoint.execute({ caller, endpointId })
    if (!endpoint.ok) return endpoint
    const delivery = await this.deliveries.find(visibleTo(caller), endpointId, deliveryId)
    return delivery === undefined ? err(webhooksErrors.of('DELIVERY_NOT_FOUND', { deliveryId })) : ok(delivery)
  }
}
