/**
 * Loses the answer to one COMMIT of a running service. Called by specs of brokers.
 * Must never keep the transaction itself from being committed: that is the point.
 */
import { Database } from '@tradewire/database/database'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import type { TestService } from '@tradewire/testkit/start-test-service'
import { vi } from 'vitest'

/** The transaction that makes the statement answer a row for the id commits, and its caller is told that it failed. */
export function loseCommit(service: TestService, sql: string, id: string): void {
  const database = service.app.get(Database)
  const transact = database.transact.bind(database)
  const spy = vi.spyOn(database, 'transact').mockImplementation(async (work) => {
    let stored = false
    const value = await transact(async (tx) => {
      const done = await work(tx)
      stored = (await tx.query(sql, [id])).length > 0
      return done
    })
    if (!stored) return value
    spy.mockRestore()
    throw new DatabaseUnavailableError(new Error('the answer to COMMIT was lost'))
  })
}
