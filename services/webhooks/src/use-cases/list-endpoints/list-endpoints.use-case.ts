/** Lists endpoints. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listWebhookEndpoints } from '@tradewire/contracts/rpc/webhooks'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewEndpoint } from '../../domain/endpoint.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'

@Injectable()
export class ListEndpoints {
  constructor(private readonly endpoints: Endpoints) {}

  execute({
    caller,
    page,
  }: RequestOf<typeof listWebhookEndpoints>): Promise<Result<ReplyOf<typeof listWebhookEndpoints>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(page, (window) => this.endpoints.list({ ...window, userId }), viewEndpoint)
  }
}
