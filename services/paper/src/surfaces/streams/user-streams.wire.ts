/**
 * User data streams of all surfaces: turns records into each subscriber's messages and sends them once they are kept.
 * Called by the surfaces' websocket servers. Must never send what a crash could still lose.
 */
import type { VenueRecord } from '#domain/records'
import type { FaultBoard } from '#domain/protocol/faults'
import { inScope } from '#domain/protocol/faults'
import type { Account, VenueState } from '#domain/state'
import type { Order } from '#domain/order'
import type { RunningVenue } from '#ports/running-venue.port'

/** What one record means to one account's subscriber; nothing, or texts in the order they are sent. */
export type Translator = (news: News) => readonly string[]

export interface News {
  readonly record: VenueRecord
  readonly account: Account
  /** Set when the record is about an order. */
  readonly order: Order | undefined
  readonly state: VenueState
  readonly now: number
}

export interface Subscriber {
  readonly translate: Translator
  readonly send: (text: string) => void
  /** Cuts the connection. */
  readonly drop: () => void
}

interface Outgoing {
  readonly subscriber: Subscriber
  readonly texts: readonly string[]
  readonly afterMs: number
}

export class UserStreams {
  private readonly subscribers = new Map<string, Set<Subscriber>>()
  private outgoing: Outgoing[] = []

  constructor(
    private readonly venue: RunningVenue,
    private readonly faults: FaultBoard,
  ) {
    venue.observe((record, state) => this.hear(record, state))
    venue.onSettled(() => this.deliver())
  }

  /** Returns the function that ends the subscription. A fault switch may cut the connection at once. */
  subscribe(account: Account, subscriber: Subscriber): () => void {
    const known = this.subscribers.get(account.id) ?? new Set<Subscriber>()
    known.add(subscriber)
    this.subscribers.set(account.id, known)
    const call = { venue: account.venue, accountId: account.id, operation: 'read' } as const
    if (this.faults.strike('disconnect-streams', call) !== undefined) subscriber.drop()
    return () => {
      known.delete(subscriber)
      if (known.size === 0 && this.subscribers.get(account.id) === known) this.subscribers.delete(account.id)
    }
  }

  /** Cuts every connection in the scope of a fault. Returns how many. */
  disconnect(scope: Parameters<typeof inScope>[0]): number {
    let count = 0
    for (const [accountId, subscribers] of this.subscribers) {
      const account = this.venue.state.accounts.get(accountId)
      if (account === undefined || !inScope(scope, { venue: account.venue, accountId, operation: 'read' })) continue
      for (const subscriber of subscribers) {
        subscriber.drop()
        count += 1
      }
    }
    return count
  }

  /** Sends to one account's subscribers outside of any record, e.g. that a listen key has expired. */
  tell(accountId: string, text: string): void {
    for (const subscriber of this.subscribers.get(accountId) ?? []) subscriber.send(text)
  }

  private hear(record: VenueRecord, state: VenueState): void {
    if (this.subscribers.size === 0) return
    const order = orderOfRecord(record, state)
    const accountId = order?.accountId ?? ('accountId' in record ? record.accountId : undefined)
    const subscribers = accountId === undefined ? undefined : this.subscribers.get(accountId)
    const account = accountId === undefined ? undefined : state.accounts.get(accountId)
    if (subscribers === undefined || account === undefined) return
    const now = this.venue.now()
    const afterMs = Math.max(0, (order?.visibleFrom ?? 0) - now)
    for (const subscriber of subscribers) {
      const texts = subscriber.translate({ record, account, order, state, now })
      if (texts.length > 0) this.outgoing.push({ subscriber, texts, afterMs })
    }
  }

  private deliver(): void {
    const { outgoing } = this
    this.outgoing = []
    for (const { subscriber, texts, afterMs } of outgoing) {
      const send = () => {
        for (const text of texts) subscriber.send(text)
      }
      if (afterMs > 0) setTimeout(send, afterMs).unref()
      else send()
    }
  }
}

function orderOfRecord(record: VenueRecord, state: VenueState): Order | undefined {
  if (record.kind === 'accepted') return state.orders.get(record.order.id)
  return 'orderId' in record ? state.orders.get(record.orderId) : undefined
}
