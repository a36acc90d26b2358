/** An outbound endpoint and what its owner sees of it. Called by use cases and stores. Must never show its secrets. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { Caller } from '@tradewire/contracts/define-route'
import type { getWebhookEndpoint } from '@tradewire/contracts/rpc/webhooks'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId, WebhookEndpointId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { webhooksErrors } from '../webhooks.errors.ts'

export interface Endpoint {
  readonly id: WebhookEndpointId
  readonly userId: UserId
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
  const { secret: _, previousSecret: __, previousSecretUntil: ___, ...shown } = endpoint
  return {
    ...shown,
    events: [...endpoint.events],
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  }
}

/** The endpoint, if it exists and the caller may use it; the same refusal in both other cases. */
export function usableBy(caller: Caller, endpoint: Endpoint | undefined): Result<Endpoint, CodedError> {
  const usable = endpoint !== undefined && (caller.roles.includes('operator') || caller.userId === endpoint.userId)
  return usable ? ok(endpoint) : err(webhooksErrors.of('ENDPOINT_NOT_FOUND'))
}
