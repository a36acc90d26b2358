/** Stored credit notes. Called by use cases. Must never change one, nor leave out a number. */
import type { Transaction } from '@tradewire/database/transaction'
import type { CreditNote } from '../domain/bills/credit-note.ts'
import type { UserWindow } from './bills.port.ts'

export abstract class CreditNotes {
  /** Takes the next numbers of the year, in this order. */
  abstract issue(tx: Transaction, notes: readonly Omit<CreditNote, 'number'>[], now: Date): Promise<CreditNote[]>
  abstract find(id: string, seenBy: string | undefined): Promise<CreditNote | undefined>
  abstract list(window: UserWindow): Promise<CreditNote[]>
}
