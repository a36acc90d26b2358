/** Users as payers, and what they were told they may do. Called by use cases. Must never tell the same twice. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Entitlement } from '../domain/subscriptions/plan.ts'

export interface Customer {
  readonly userId: string
  readonly username: string
  readonly email: string | null
}

export interface Told {
  readonly entitlement: Entitlement | null
  readonly revision: number
}

export abstract class Customers {
  abstract save(tx: Transaction, customers: readonly Customer[]): Promise<void>
  abstract find(userId: string): Promise<Customer | undefined>
  /** Locks the user, known or not. */
  abstract lock(tx: Transaction, userId: string): Promise<Told>
  abstract tell(tx: Transaction, userId: string, told: Told): Promise<void>
  /** Users from `after` on, by id. */
  abstract ids(after: string | undefined, limit: number): Promise<string[]>
}
