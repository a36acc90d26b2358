/** How many accounts the plan of a user allows, as billing tells it. Called when one is connected. Must never go back to older news. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { entitlementChanged } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'

export type AllowanceNews = DataOf<typeof entitlementChanged>

export interface Allowance {
  readonly plan: string
  readonly accountsMax: number
  /** Those that are connected. */
  readonly accounts: number
}

export abstract class Allowances {
  abstract remember(tx: Transaction, news: readonly AllowanceNews[]): Promise<void>
  /** Until the commit nobody else connects one for this user. Undefined for one of whom no plan was told. */
  abstract lock(tx: Transaction, userId: string, now: Date): Promise<Allowance | undefined>
}
