/** The inbox in memory: which events have not had their effect yet (rule R3). Called by the simulated consumers. */
import type { Event } from '@tradewire/contracts/define-event'
import type { Transaction } from '@tradewire/database/transaction'
import type { MemoryDatabase } from './memory-database.ts'

export function freshEvents(
  database: MemoryDatabase,
  tx: Transaction,
  durable: string,
  events: readonly Event[],
): Event[] {
  return events.filter(({ id }) => {
    const key = `${durable} ${id}`
    if (database.inbox.has(key)) return false
    database.inbox.put(tx, key, true)
    return true
  })
}
