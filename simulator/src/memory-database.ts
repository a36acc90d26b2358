/**
 * One service's schema in memory: tables, an inbox and committed messages, with rollback. It outlives the processes.
 * Called by the simulated processes in place of PostgreSQL. Must never show what was not committed after a rollback.
 */
import { Database } from '@tradewire/database/database'
import { type OutboxMessage, OutboxBuffer } from '@tradewire/database/outbox-message'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import { Transaction } from '@tradewire/database/transaction'
import type { Clock } from '@tradewire/kernel/clock'
import type { IdSource } from '@tradewire/kernel/ids'
import type { Choices } from './choices.ts'
import { passed } from './virtual-time.ts'

/** How PostgreSQL behaves at the moment. */
export interface DatabaseMood {
  /** Share of transactions that fail before they begin. */
  refuse: number
  /** Share that commit without being able to say so. */
  doubtful: number
}

const tripMostMs = 3

/** The services' transaction, with a journal of what to undo. */
export class MemoryTransaction extends Transaction {
  private readonly journal: (() => void)[] = []

  constructor(outbox: OutboxBuffer) {
    // No statement is ever run through it: stores in memory take its place.
    super(undefined as never, undefined as never, undefined as never, outbox)
  }

  undoable(undo: () => void): void {
    this.journal.push(undo)
  }

  rollBack(): void {
    for (const undo of this.journal.toReversed()) undo()
    this.journal.length = 0
  }
}

/** A table by primary key. */
export class Table<Row> {
  private readonly rows = new Map<string, Row>()

  get(key: string): Row | undefined {
    return this.rows.get(key)
  }

  has(key: string): boolean {
    return this.rows.has(key)
  }

  all(): Row[] {
    return [...this.rows.values()]
  }

  put(tx: Transaction, key: string, row: Row): void {
    const before = this.rows.get(key)
    const known = this.rows.has(key)
    ;(tx as MemoryTransaction).undoable(() => {
      if (known) this.rows.set(key, before!)
      else this.rows.delete(key)
    })
    this.rows.set(key, row)
  }
}

export class MemoryDatabase {
  readonly inbox = new Table<true>()
  readonly mood: DatabaseMood = { refuse: 0, doubtful: 0 }
  private last: Promise<unknown> = Promise.resolve()
  private readonly onCommitted: (messages: readonly OutboxMessage[]) => void
  private readonly clock: Clock
  private readonly ids: IdSource
  private readonly choices: Choices

  constructor(
    means: { readonly clock: Clock; readonly ids: IdSource; readonly choices: Choices },
    onCommitted: (messages: readonly OutboxMessage[]) => void,
  ) {
    this.clock = means.clock
    this.ids = means.ids
    this.choices = means.choices
    this.onCommitted = onCommitted
  }

  /** The database as one process sees it: once the process is dead nothing of it is committed or answered. */
  seenBy(alive: () => boolean): Database {
    const transact = <Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value> => {
      const turn = this.last.then(() => this.run(work, alive))
      this.last = turn.catch(() => undefined)
      return turn.then((outcome) => {
        if (!alive()) return new Promise<never>(() => undefined)
        if (!outcome.ok) throw outcome.error
        return outcome.value
      })
    }
    // Use cases and stores in memory call this one method.
    return { transact } as unknown as Database
  }

  private async run<Value>(
    work: (tx: Transaction) => Promise<Value>,
    alive: () => boolean,
  ): Promise<{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown }> {
    await passed(this.choices.whole(0, tripMostMs))
    if (!alive()) return { ok: false, error: undefined }
    if (this.choices.chance(this.mood.refuse)) return { ok: false, error: new DatabaseUnavailableError('is away') }
    const outbox = new OutboxBuffer(this.clock, this.ids)
    const tx = new MemoryTransaction(outbox)
    try {
      const value = await work(tx)
      await passed(this.choices.whole(0, tripMostMs))
      if (!alive() && this.choices.chance(0.5)) {
        // Killed in the middle: the commit had not reached the server.
        tx.rollBack()
        return { ok: false, error: undefined }
      }
      this.onCommitted(outbox.take())
      if (this.choices.chance(this.mood.doubtful)) {
        return { ok: false, error: new DatabaseUnavailableError('went away while committing') }
      }
      return { ok: true, value }
    } catch (error) {
      tx.rollBack()
      return { ok: false, error }
    }
  }
}
