/**
 * Lets the consumers of all partitions share one transaction: whatever waits while one commits goes into the next.
 * Given to the consumer runner in place of the database. Must never let one message's failure undo another's work.
 */
import type { Database } from '@tradewire/database/database'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'

export interface TransactionHooks {
  /** Before any work: the place to find out what became of doubtful transactions. */
  readonly settleDoubts: (tx: Transaction) => Promise<void>
  /** After all works of the transaction, before its commit: the place for one bulk statement. */
  readonly beforeCommit: (tx: Transaction) => Promise<void>
  readonly afterCommit: (tx: Transaction) => void
  /** Doubtful when PostgreSQL went away: it may have committed without being able to say so. */
  readonly afterRollback: (tx: Transaction, doubtful: boolean) => void
}

interface Waiting {
  readonly work: (tx: Transaction) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const worksMax = 32

export class SharedTransactions {
  private waiting: Waiting[] = []
  private running = false

  constructor(
    private readonly database: Database,
    private readonly hooks: TransactionHooks,
  ) {}

  /** As Database.transact, but shared. */
  transact<Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      if (!this.running) void this.drain()
    })
  }

  private async drain(): Promise<void> {
    this.running = true
    // One turn of the event loop: messages of all partitions arrive in the same read.
    await new Promise(setImmediate)
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0, worksMax))
    this.running = false
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    let values: unknown[] = []
    let current: Transaction | undefined
    try {
      await this.database.transact(async (tx) => {
        current = tx
        await this.hooks.settleDoubts(tx)
        values = await Promise.all(group.map(({ work }) => work(tx)))
        await this.hooks.beforeCommit(tx)
      })
    } catch (error) {
      if (current !== undefined) this.hooks.afterRollback(current, error instanceof DatabaseUnavailableError)
      await this.settleFailure(group, error)
      return
    }
    if (current !== undefined) this.hooks.afterCommit(current)
    group.forEach(({ resolve }, index) => resolve(values[index]))
  }

  /** An absent database concerns all; anything else is one work's fault, so each is tried alone. */
  private async settleFailure(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1 || error instanceof DatabaseUnavailableError) {
      for (const { reject } of group) reject(error)
      return
    }
    for (const one of group) await this.commit([one])
  }
}
