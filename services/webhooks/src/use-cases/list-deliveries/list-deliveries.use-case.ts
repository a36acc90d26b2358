/** Lists deliveries to an endpoint. Called over RPC. Must never show another user's deliveries. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listWebhookDeliveries } from '@tradewire/contracts/rpc/webhooks'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { GetEndpoint } from '../get-endpoint/get-endpoint.use-case.ts'

@Injectable()
export class ListDeliveries {
  constructor(
    private readonly getEndpoint: GetEndpoint,
    private readonly deliveries: Deliveries,
  ) {}

  async execute({
    caller,
    page,
    endpointId,
    state,
  }: RequestOf<typeof listWebhookDeliveries>): Promise<Result<ReplyOf<typeof listWebhookDeliveries>, CodedError>> {
    const endpoint = await this.getEndpoint.execute({ caller, endpointId })
    if (!endpoint.ok) return endpoint
    return pageById(
      page,
      (window) => this.deliveries.list({ ...window, owner: visibleTo(caller), endpointId, state }),
      (delivery) => delivery,
    )
  }
}
