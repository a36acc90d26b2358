/** Who owes what, and how often they were reminded. Called by the rule that reminds. Must never forget a step that was taken. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Debt, Reminder } from '../domain/subscriptions/reminder.ts'

export abstract class Reminders {
  /** Debts of which a step may be due. */
  abstract due(now: Date, limit: number): Promise<Debt[]>
  /** False when another process took a step meanwhile. */
  abstract take(tx: Transaction, debt: Debt, reminder: Reminder): Promise<boolean>
  /** It is looked at again then, and not before, unless another process took a step meanwhile. */
  abstract putOff(debt: Debt, until: Date): Promise<void>
}
