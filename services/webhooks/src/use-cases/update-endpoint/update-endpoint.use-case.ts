/** Changes an endpoint, or switches it on or off. Called over RPC. Must never act on another user's endpoint. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { updateWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { Clock } from '@tradewire/kernel/clock'
import { isUsableBy, viewEndpoint, type Endpoint, type EndpointView } from '../../domain/endpoint.ts'
import { Targets } from '../../domain/target.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

@Injectable()
export class UpdateEndpoint {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
    private readonly targets: Targets,
    private readonly clock: Clock,
  ) {}

  async execute({
    caller,
    endpointId,
    changes,
  }: RequestOf<typeof updateWebhookEndpoint>): Promise<Result<EndpointView, CodedError>> {
    const reason = changes.url === undefined ? undefined : this.targets.refusalOf(changes.url)
    if (reason !== undefined) return err(webhooksErrors.of('ENDPOINT_URL_REFUSED', { reason }))
    return this.database.transactOwn(visibleTo(caller), async (tx) => {
      const endpoint = await this.endpoints.lock(tx, endpointId as WebhookEndpointId)
      if (!isUsableBy(caller, endpoint)) return err(webhooksErrors.of('ENDPOINT_NOT_FOUND', { endpointId }))
      // Switching an endpoint on again gives it a clean slate.
      const revived = changes.active === true ? { disabledReason: null, failingSince: null } : {}
      const changed = { ...endpoint, ...changes, ...revived, updatedAt: this.clock.now() } as Endpoint
      await this.endpoints.update(tx, changed)
      return ok(viewEndpoint(changed))
    })
  }
}
