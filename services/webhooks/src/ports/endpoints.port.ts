/** What the use cases need of stored endpoints. Called by use cases. Must never leak a row. */
import type { Transaction } from '@tradewire/database/transaction'
import type { WebhookEndpointId } from '@tradewire/kernel/ids'
import type { Endpoint } from '../domain/endpoint.ts'

export interface EndpointWindow {
  readonly userId: string | undefined
  readonly afterId: string | undefined
  readonly limit: number
}

export abstract class Endpoints {
  abstract insert(tx: Transaction, endpoint: Endpoint): Promise<void>
  abstract lock(tx: Transaction, id: WebhookEndpointId): Promise<Endpoint | undefined>
  abstract update(tx: Transaction, endpoint: Endpoint): Promise<void>
  abstract remove(tx: Transaction, id: WebhookEndpointId): Promise<void>
  /** Of `owner` alone, unless it is undefined: for those who see all. */
  abstract find(id: WebhookEndpointId, owner: string | undefined): Promise<Endpoint | undefined>
  abstract list(window: EndpointWindow): Promise<Endpoint[]>
  /** The chat of a user; at most one. */
  abstract findChat(tx: Transaction, userId: string): Promise<Endpoint | undefined>
  abstract replaceChat(tx: Transaction, chat: Endpoint): Promise<void>
  /** Webhooks only, as `list`. */
  abstract count(tx: Transaction, userId: string): Promise<number>
}
