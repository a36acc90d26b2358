/** Adds an outbound endpoint. Called over RPC. Must never accept an address that could not be delivered to. */
import { Injectable } from '@nestjs/common'
import { isOperator, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { createWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewEndpoint } from '../../domain/endpoint.ts'
import { EndpointFactory } from '../../domain/endpoint-factory.ts'
import { Targets } from '../../domain/target.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

type Request = RequestOf<typeof createWebhookEndpoint>
type Reply = ReplyOf<typeof createWebhookEndpoint>

const endpointsPerUserMax = 50

@Injectable()
export class CreateEndpoint {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
    private readonly targets: Targets,
    private readonly factory: EndpointFactory,
  ) {}

  async execute({ caller, endpoint: wishes }: Request): Promise<Result<Reply, CodedError>> {
    const reason = this.targets.refusalOf(wishes.url)
    if (reason !== undefined) return err(webhooksErrors.of('ENDPOINT_URL_REFUSED', { reason }))
    if (wishes.everyUser && !isOperator(caller)) return err(webhooksErrors.of('EVERY_USER_FORBIDDEN'))
    const endpoint = this.factory.create({ ...wishes, channel: 'webhook', userId: caller.userId as UserId })
    return this.database.transactOwn(visibleTo(caller), async (tx) => {
      if ((await this.endpoints.count(tx, caller.userId)) >= endpointsPerUserMax) {
        return err(webhooksErrors.of('ENDPOINT_LIMIT_REACHED', { endpointsPerUserMax }))
      }
      await this.endpoints.insert(tx, endpoint)
      return ok({ ...viewEndpoint(endpoint), secret: endpoint.secret })
    })
  }
}
