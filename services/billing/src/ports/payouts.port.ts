/** Stored payouts, and what is owed by the entries of the books. Called by use cases. Must never answer a balance that the entries do not give. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Currency } from '../domain/money/currency.ts'
import type { Owed, Payout } from '../domain/books/payout.ts'
import type { Movement, StatementWindow } from '../domain/books/statement.ts'
import type { UserWindow } from './bills.port.ts'

export interface OwedFilter {
  readonly ownerId: string | undefined
  readonly currency: Currency | undefined
  /** What was earned from then on is not payable yet. */
  readonly heldFrom: Date
}

export abstract class Payouts {
  abstract owed(filter: OwedFilter): Promise<Owed[]>
  /** The same, with every other run waiting until this one is over. */
  abstract lockOwed(tx: Transaction, filter: OwedFilter): Promise<Owed[]>
  abstract insert(tx: Transaction, payout: Payout): Promise<void>
  abstract save(tx: Transaction, payout: Payout): Promise<void>
  abstract lock(tx: Transaction, id: string): Promise<Payout | undefined>
  abstract list(window: UserWindow): Promise<Payout[]>
  abstract opening(window: StatementWindow): Promise<bigint>
  /** In the order in which they were booked. */
  abstract movements(window: StatementWindow, limit: number): Promise<Movement[]>
}
