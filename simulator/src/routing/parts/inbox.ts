/** The inbox in memory: which events have not had their effect yet (rule R3). Called by the simulated consumers. */
import type { Event } from '@tradewire/contracts/define-event'
import type { Transaction } from '@tradewire/database/transaction'
import type { MemoryDatabase, MemoryTransaction } from '../stores/memory-database.ts'

export async function freshEvents(
  database: MemoryDatabase,
  tx: Transaction,
  durable: string,
  events: readonly Event[],
): Promise<Event[]> {
  const own = tx as MemoryTransaction
  await own.statement()
  const fresh: Event[] = []
  for (const event of events.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const key = `${durable} ${event.id}`
    // A row of the same key that another transaction has written is waited for, as PostgreSQL does.
    await own.lock(`inbox ${key}`)
    if (database.inbox.has(key, tx)) continue
    database.inbox.put(tx, key, true)
    fresh.push(event)
  }
  return fresh
}
