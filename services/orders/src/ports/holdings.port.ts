/**
 * What accounts hold and what follows have lost, for the settings that ask for it. Implemented in store/.
 * Must never cost followers without such settings a statement.
 */
import type { Transaction } from '@tradewire/database/transaction'
import type { Candidate } from '../domain/gate/gate.ts'

export abstract class Holdings {
  /**
   * The same followers with their holdings. Accounts whose limits count positions or exposure are locked until the
   * commit and counted then, so plannings of two symbols cannot both take the last place.
   */
  abstract of(tx: Transaction, candidates: readonly Candidate[], now: Date): Promise<Candidate[]>
}
