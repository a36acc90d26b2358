/** Adds an outbound endpoint. Called over RPC. Must never accept an address that could not be delivered to. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { createWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource, type UserId } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewEndpoint, type Endpoint } from '../../domain/endpoint.ts'
import { newSigningSecret } from '../../domain/signature.ts'
import { Targets } from '../../domain/target.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

type Request = RequestOf<typeof createWebhookEndpoint>

const endpointsPerUserMax = 50

/** Fills in what a new endpoint has besides its owner's wishes. */
@Injectable()
export class EndpointSource {
  constructor(
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  make(wishes: Pick<Endpoint, 'id' | 'userId' | 'url' | 'events' | 'everyUser' | 'description'>): Endpoint {
    const now = this.clock.now()
    return {
      ...wishes,
      active: true,
      disabledReason: null,
      failingSince: null,
      secret: newSigningSecret(this.randomness),
      previousSecret: null,
      previousSecretUntil: null,
      createdAt: now,
      updatedAt: now,
    }
  }
}

@Injectable()
export class CreateEndpoint {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
    private readonly targets: Targets,
    private readonly ids: IdSource,
    private readonly source: EndpointSource,
  ) {}

  execute({
    caller,
    endpoint: input,
  }: Request): Promise<Result<ReplyOf<typeof createWebhookEndpoint>, CodedError>> {
    const refusal = this.targets.refusalOf(input.url)
    if (refusal !== undefined) return refuse('ENDPOINT_URL_REFUSED', refusal)
    if (input.everyUser && !caller.roles.includes('operator')) return refuse('EVERY_USER_FORBIDDEN')
    const endpoint = this.source.make({ ...input, id: this.ids.next<'WebhookEndpoint'>(), userId: caller.userId as UserId })
    return this.database.transact(async (tx) => {
      if ((await this.endpoints.count(tx, caller.userId)) >= endpointsPerUserMax) {
        return err(webhooksErrors.of('ENDPOINT_LIMIT_REACHED', { endpointsPerUserMax }))
      }
      await this.endpoints.insert(tx, endpoint)
      return ok({ ...viewEndpoint(endpoint), secret: endpoint.secret })
    })
  }
}

function refuse(code: Parameters<typeof webhooksErrors.of>[0], reason?: string): Promise<Result<never, CodedError>> {
  return Promise.resolve(err(webhooksErrors.of(code, reason === undefined ? {} : { reason })))
}
