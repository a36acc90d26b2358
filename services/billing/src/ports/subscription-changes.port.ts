/** Stored changes of subscriptions. Called by use cases. Must never hold two of one subscription that are under way. */
import type { Transaction } from '@tradewire/database/transaction'
import type { ChangeState, SubscriptionChange } from '../domain/subscriptions/subscription-change.ts'

export abstract class SubscriptionChanges {
  /** False when there is one with this id, or one of the same subscription that is under way. */
  abstract insert(tx: Transaction, change: SubscriptionChange): Promise<boolean>
  abstract find(id: string, tx?: Transaction): Promise<SubscriptionChange | undefined>
  abstract latest(subscriptionId: string): Promise<SubscriptionChange | undefined>
  /** The one that is not in force yet. Called with a locked subscription. */
  abstract pending(tx: Transaction, subscriptionId: string): Promise<SubscriptionChange | undefined>
  /** False when it is in another state meanwhile. */
  abstract move(tx: Transaction, change: SubscriptionChange, state: ChangeState): Promise<boolean>
  /** Those not in force yet to what their users have another subscription to. */
  abstract taken(now: Date, limit: number): Promise<SubscriptionChange[]>
  /** Of which a provider is still to be told. */
  abstract untold(now: Date, limit: number): Promise<SubscriptionChange[]>
  /** It is looked at again then, and not before. */
  abstract putOff(id: string, until: Date): Promise<void>
}
