/**
 * What reconciliation remembers, in memory; it outlives the processes.
 * Called by the simulated process through the service's own port. Must never be kinder than the SQL it stands for.
 */
import { keyOf } from '@tradewire/brokers/domain/reconcile/drift'
import type { Account } from '@tradewire/brokers/domain/account/account'
import type { OwnedPartition } from '@tradewire/brokers/ports/leases.port'
import {
  type AccountBooks,
  type Conclusion,
  type DriftCount,
  Reconciliations,
  type StoredDrift,
} from '@tradewire/brokers/ports/reconciliations.port'
import type { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { MemoryLeases } from './memory-brokers.ts'
import { Table } from './memory-database.ts'

/** The rows of all accounts. */
export class ReconciliationRows {
  readonly books = new Table<AccountBooks>()
  /** Nobody else trades here, so that nothing of ours can be lost: each is a mistake. */
  readonly lost = new Table<string>()
}

export class MemoryReconciliations extends Reconciliations {
  private readonly rows: ReconciliationRows
  private readonly database: Database
  private readonly leases: MemoryLeases

  constructor(rows: ReconciliationRows, database: Database, leases: MemoryLeases) {
    super()
    this.rows = rows
    this.database = database
    this.leases = leases
  }

  load(accountId: string): Promise<AccountBooks> {
    return Promise.resolve(this.booksOf(accountId))
  }

  conclude({ id }: Account, owned: OwnedPartition, conclusion: Conclusion): Promise<boolean> {
    return this.database.transact(async (tx) => {
      const isHeld = await this.leases.fence()
      if (!isHeld(owned)) return false
      const { readAt, holdings, opened, resolved, losses } = conclusion
      const before = this.booksOf(id, tx)
      const changed = new Set(holdings.map(({ symbol }) => symbol))
      const ended = new Set([...resolved, ...opened].map(keyOf))
      this.rows.books.put(tx, id, {
        firstReadAt: before.firstReadAt ?? readAt,
        holdings: [...before.holdings.filter(({ symbol }) => !changed.has(symbol)), ...holdings],
        open: [...before.open.filter((finding) => !ended.has(keyOf(finding))), ...opened],
      })
      for (const { loss, held } of losses) {
        const words = `account ${id} is told to have lost ${loss.quantity.toString()} (${loss.reason}), ${held.toString()} left`
        this.rows.lost.put(tx, `${id} ${readAt.getTime()} ${loss.reason}`, words)
      }
      return true
    })
  }

  private booksOf(accountId: string, tx?: Transaction): AccountBooks {
    return this.rows.books.get(accountId, tx) ?? { firstReadAt: null, holdings: [], open: [] }
  }

  list(): Promise<StoredDrift[]> {
    return Promise.resolve([])
  }

  counts(): Promise<DriftCount[]> {
    return Promise.resolve([])
  }
}
