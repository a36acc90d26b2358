/** Changes, rotates, tests and removes endpoints. Called over RPC. Must never act on another user's endpoint. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type {
  removeWebhookEndpoint,
  rotateWebhookSecret,
  testWebhookEndpoint,
  updateWebhookEndpoint,
} from '@tradewire/contracts/rpc/webhooks'
import type { Caller } from '@tradewire/contracts/define-route'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { mayUse, viewEndpoint, type Endpoint, type EndpointView } from '../../domain/endpoint.ts'
import { payloadOf } from '../../domain/payload.ts'
import { rotationOverlapMs } from '../../domain/signature.ts'
import { Targets } from '../../domain/target.ts'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'
import { EndpointSource } from '../create-endpoint/create-endpoint.use-case.ts'

/** Only ever sent on request, so it is no event of the bus. */
const testEvent = 'webhook.test'

@Injectable()
export class ChangeEndpoint {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
    private readonly deliveries: Deliveries,
    private readonly targets: Targets,
    private readonly source: EndpointSource,
  ) {}

  async update({
    caller,
    endpointId,
    changes,
  }: RequestOf<typeof updateWebhookEndpoint>): Promise<Result<EndpointView, CodedError>> {
    const reason = changes.url === undefined ? undefined : this.targets.refusalOf(changes.url)
    if (reason !== undefined) return err(webhooksErrors.of('ENDPOINT_URL_REFUSED', { reason }))
    return this.withEndpoint(caller, endpointId, async (tx, endpoint) => {
      const fresh = this.source.make(endpoint)
      // Switching an endpoint on again gives it a clean slate.
      const revived = changes.active === true ? { disabledReason: null, failingSince: null } : {}
      const changed = { ...endpoint, ...changes, ...revived, updatedAt: fresh.updatedAt } as Endpoint
      await this.endpoints.update(tx, changed)
      return viewEndpoint(changed)
    })
  }

  rotateSecret({
    caller,
    endpointId,
  }: RequestOf<typeof rotateWebhookSecret>): Promise<Result<ReplyOf<typeof rotateWebhookSecret>, CodedError>> {
    return this.withEndpoint(caller, endpointId, async (tx, endpoint) => {
      const { secret, updatedAt } = this.source.make(endpoint)
      const changed = {
        ...endpoint,
        secret,
        previousSecret: endpoint.secret,
        previousSecretUntil: new Date(updatedAt.getTime() + rotationOverlapMs),
        updatedAt,
      }
      await this.endpoints.update(tx, changed)
      return { ...viewEndpoint(changed), secret }
    })
  }

  test({
    caller,
    endpointId,
  }: RequestOf<typeof testWebhookEndpoint>): Promise<Result<ReplyOf<typeof testWebhookEndpoint>, CodedError>> {
    return this.withEndpoint(caller, endpointId, async (tx, endpoint) => {
      const occurredAt = this.source.make(endpoint).createdAt.toISOString()
      const body = payloadOf({ name: testEvent, occurredAt, data: { endpointId } })
      return { deliveryId: await this.deliveries.queueOne(tx, endpointId, { event: testEvent, body }) }
    })
  }

  remove({
    caller,
    endpointId,
  }: RequestOf<typeof removeWebhookEndpoint>): Promise<Result<Record<string, never>, CodedError>> {
    return this.withEndpoint(caller, endpointId, async (tx, endpoint) => {
      await this.endpoints.remove(tx, endpoint.id)
      return {}
    })
  }

  private withEndpoint<Value>(
    caller: Caller,
    endpointId: string,
    work: (tx: Transaction, endpoint: Endpoint) => Promise<Value>,
  ): Promise<Result<Value, CodedError>> {
    return this.database.transact(async (tx) => {
      const endpoint = await this.endpoints.lock(tx, endpointId as WebhookEndpointId)
      if (endpoint === undefined || !mayUse(caller, endpoint)) {
        return err(webhooksErrors.of('ENDPOINT_NOT_FOUND', { endpointId }))
      }
      return ok(await work(tx, endpoint))
    })
  }
}
