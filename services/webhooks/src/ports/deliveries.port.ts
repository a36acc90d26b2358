/** What the use cases need of stored deliveries. Called by use cases. Must never lose one that was queued. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { getWebhookDelivery, listWebhookDeliveries } from '@tradewire/contracts/rpc/webhooks'
import type { Transaction } from '@tradewire/database/transaction'
import type { ClaimLimits } from '../domain/claim-limits.ts'
import type { Audience } from '../domain/notification-settings.ts'

/** An event on its way to every endpoint that wants it. */
export interface Queued {
  readonly eventId: string
  readonly event: string
  readonly userId: string
  readonly body: string
  /** Not everybody is told everything: see the notification settings. */
  readonly audience: Audience
  /** The traceparent that the event came with. */
  readonly trace: string | null
}

/** A delivery that this process has claimed; the generation fences out a process that was paused (rule R4). */
export interface Claimed {
  readonly id: string
  readonly endpointId: string
  readonly eventId: string
  readonly body: string
  readonly attempts: number
  readonly generation: number
  /** By PostgreSQL's clock: receivers refuse signatures of another time, and our own clock may jump. */
  readonly claimedAt: Date
  readonly url: string
  readonly secrets: readonly string[]
  readonly trace: string | null
}

export interface Attempted {
  readonly delivery: Claimed
  readonly number: number
  readonly startedAt: Date
  readonly durationMs: number
  readonly status: number | null
  readonly error: string | null
  readonly responseExcerpt: string | null
  readonly state: 'pending' | 'delivered' | 'exhausted'
  /** Until the next attempt; only while pending. */
  readonly waitMs: number
  /** The endpoint answered that it is gone for good. */
  readonly gone: boolean
}

export interface Disabled {
  readonly endpointId: string
  readonly userId: string
  readonly url: string
  readonly reason: 'gone' | 'failing'
}

export type DeliveryView = ReplyOf<typeof listWebhookDeliveries>['items'][number]
export type DeliveryHistory = ReplyOf<typeof getWebhookDelivery>

export interface DeliveryWindow {
  /** Undefined for those who see all. */
  readonly owner: string | undefined
  readonly endpointId: string
  readonly state: string | undefined
  readonly afterId: string | undefined
  readonly limit: number
}

export abstract class Deliveries {
  /** One delivery per endpoint that wants the event; an event that is queued already is not queued again. */
  abstract queue(tx: Transaction, events: readonly Queued[]): Promise<void>
  /** Queues an event of its own to one endpoint; answers the delivery's id. */
  abstract queueOne(tx: Transaction, endpointId: string, event: Pick<Queued, 'event' | 'body'>): Promise<string>
  /** Of what is due, the oldest first, and for a short while: `renew` keeps what is still under way, and what nobody renews is claimed again. */
  abstract claim(limits: ClaimLimits): Promise<Claimed[]>
  abstract renew(held: readonly Claimed[]): Promise<void>
  /** Writes attempts and what follows from them; answers the endpoints that were switched off by it. */
  abstract record(tx: Transaction, attempts: readonly Attempted[]): Promise<Disabled[]>
  abstract list(window: DeliveryWindow): Promise<DeliveryView[]>
  abstract find(owner: string | undefined, endpointId: string, id: string): Promise<DeliveryHistory | undefined>
  /** Makes finished deliveries pending again, with a full schedule; answers how many. */
  abstract replay(
    tx: Transaction,
    endpointId: string,
    which: { readonly deliveryIds: readonly string[] } | { readonly exhaustedSince: string },
  ): Promise<number>
}
