/** An outbound endpoint and what its owner sees of it. Called by use cases and stores. Must never show its secrets. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { maySee, type Caller } from '@tradewire/contracts/caller'
import type { getWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import type { UserId, WebhookEndpointId } from '@tradewire/kernel/ids'

export interface Endpoint {
  readonly id: WebhookEndpointId
  readonly userId: UserId
  /** A chat is told news in words; it is no webhook of the API. */
  readonly channel: 'webhook' | 'telegram'
  readonly url: string
  /** Empty for all. */
  readonly events: readonly string[]
  readonly everyUser: boolean
  readonly description: string | null
  readonly active: boolean
  readonly disabledReason: string | null
  readonly failingSince: Date | null
  readonly secret: string
  readonly previousSecret: string | null
  readonly previousSecretUntil: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type EndpointView = ReplyOf<typeof getWebhookEndpoint>

export function viewEndpoint(endpoint: Endpoint): EndpointView {
  const { channel: _, secret: __, previousSecret: ___, previousSecretUntil: ____, ...shown } = endpoint
  return {
    ...shown,
    events: [...endpoint.events],
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  }
}

/** True when there is such an endpoint and the caller may use it: the two refusals must look alike. */
export function isUsableBy(caller: Caller, endpoint: Endpoint | undefined): endpoint is Endpoint {
  return endpoint?.channel === 'webhook' && maySee(caller, endpoint.userId)
}
