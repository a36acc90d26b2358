/**
 * One service's schema in memory: read committed transactions with locks, tables, an inbox and committed messages. It
 * outlives the processes. Called by the simulated processes in place of PostgreSQL. Must never show what is not committed.
 */
import { Database } from '@tradewire/database/database'
import { type OutboxRow, OutboxBuffer } from '@tradewire/database/outbox-message'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import { Transaction } from '@tradewire/database/transaction'
import type { Clock } from '@tradewire/kernel/clock'
import type { IdSource } from '@tradewire/kernel/ids'
import type { Choices } from '../choices.ts'
import { type LockMode, Locks } from './locks.ts'
import { passed } from '../virtual-time.ts'

/** How PostgreSQL behaves at the moment. */
export interface DatabaseMood {
  /** Share of transactions that fail before they begin. */
  refuse: number
  /** Share that commit without being able to say so. */
  doubtful: number
  /** Share of statements at which the connection breaks: the server undoes that transaction, and no other. */
  cut: number
}

export interface DatabaseMeans {
  readonly clock: Clock
  readonly ids: IdSource
  readonly choices: Choices
  /** One transaction after the other: for stores whose statements take no locks of their own here. */
  readonly serial: boolean
}

const tripMostMs = 3
/** Statements that answer within the same moment. */
const instantShare = 0.5
const never = new Promise<never>(() => undefined)

/** `broken`: the connection is lost and the server has undone all; `ended`: committed, undone or its process is gone. */
type Phase = 'open' | 'committing' | 'broken' | 'ended'

/** The services' transaction: what it writes is its own until the commit. */
export class MemoryTransaction extends Transaction {
  phase: Phase = 'open'
  private readonly written = new Map<Table<unknown>, Map<string, unknown>>()
  private readonly onApplied: ((commit: number) => void)[] = []
  private readonly locks: Locks
  private readonly choices: Choices
  private readonly mood: DatabaseMood

  constructor(
    outbox: OutboxBuffer,
    means: { readonly locks: Locks; readonly choices: Choices; readonly mood: DatabaseMood },
  ) {
    // No statement is ever run through it: stores in memory take its place.
    super(undefined as never, undefined as never, undefined as never, outbox)
    this.locks = means.locks
    this.choices = means.choices
    this.mood = means.mood
  }

  /** The way of one statement to the server and back; stores call it for each that the SQL would run. */
  async statement(): Promise<void> {
    if (!this.choices.chance(instantShare)) await passed(this.choices.whole(0, tripMostMs))
    if (this.phase === 'ended') return never
    if (this.mood.cut > 0 && this.choices.chance(this.mood.cut)) this.undo('broken')
    if (this.phase === 'broken') throw new DatabaseUnavailableError('the connection broke')
  }

  async lock(key: string, mode: LockMode = 'exclusive'): Promise<void> {
    if (this.phase === 'open') await this.locks.take(this, key, mode)
    if (this.phase === 'broken') throw new DatabaseUnavailableError('the connection broke')
    if (this.phase === 'ended') return never
  }

  isHeld(key: string): boolean {
    return this.locks.isHeld(key)
  }

  ownRow(table: Table<unknown>, key: string): { readonly row: unknown } | undefined {
    const rows = this.written.get(table)
    return rows?.has(key) === true ? { row: rows.get(key) } : undefined
  }

  ownRows(table: Table<unknown>): ReadonlyMap<string, unknown> {
    return this.written.get(table) ?? new Map<string, unknown>()
  }

  write(table: Table<unknown>, key: string, row: unknown): void {
    const rows = this.written.get(table) ?? new Map<string, unknown>()
    this.written.set(table, rows.set(key, row))
  }

  /** Runs at the commit, with its number, when everything is visible. */
  whenApplied(work: (commit: number) => void): void {
    this.onApplied.push(work)
  }

  apply(commit: number): void {
    this.phase = 'ended'
    for (const [table, rows] of this.written) for (const [key, row] of rows) table.commit(key, row, commit)
    this.locks.release(this)
    for (const work of this.onApplied) work(commit)
    this.committed()
  }

  undo(phase: 'broken' | 'ended' = 'ended'): void {
    this.phase = phase
    this.written.clear()
    this.locks.release(this)
  }
}

/** A table by primary key. Without a transaction only what is committed is seen. */
export class Table<Row> {
  private readonly rows = new Map<string, Row>()
  private readonly firstCommits = new Map<string, number>()

  get(key: string, tx?: Transaction): Row | undefined {
    const own = (tx as MemoryTransaction | undefined)?.ownRow(this, key)
    return own === undefined ? this.rows.get(key) : (own.row as Row)
  }

  has(key: string, tx?: Transaction): boolean {
    return this.get(key, tx) !== undefined
  }

  all(tx?: Transaction): Row[] {
    const own = (tx as MemoryTransaction | undefined)?.ownRows(this)
    if (own === undefined || own.size === 0) return [...this.rows.values()]
    return [...new Map([...this.rows, ...(own as ReadonlyMap<string, Row>)]).values()]
  }

  /** The number of the commit with which the row came. */
  commitOf(key: string): number {
    return this.firstCommits.get(key)!
  }

  put(tx: Transaction, key: string, row: Row): void {
    ;(tx as MemoryTransaction).write(this, key, row)
  }

  commit(key: string, row: Row, commit: number): void {
    if (!this.rows.has(key)) this.firstCommits.set(key, commit)
    this.rows.set(key, row)
  }
}

/** One process's way to the database. */
export interface Connection {
  readonly database: Database
  /** As the process ends: nothing that was open is kept, and nobody is answered any more. */
  drop(): void
}

export class MemoryDatabase {
  readonly inbox = new Table<true>()
  readonly mood: DatabaseMood = { refuse: 0, doubtful: 0, cut: 0 }
  private readonly locks = new Locks()
  private readonly onCommitted: (rows: readonly OutboxRow[]) => void
  private readonly means: DatabaseMeans
  private commits = 0

  constructor(means: DatabaseMeans, onCommitted: (rows: readonly OutboxRow[]) => void) {
    this.means = means
    this.onCommitted = onCommitted
  }

  /** How many transactions were committed so far: the order of commits. */
  get commitCount(): number {
    return this.commits
  }

  connect(): Connection {
    const open = new Set<MemoryTransaction>()
    let alive = true
    const transact = async <Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value> => {
      try {
        const value = await this.run(work, open, () => alive)
        return alive ? value : await never
      } catch (error) {
        if (!alive) return never
        throw error
      }
    }
    return {
      // Use cases and stores in memory call this one method.
      database: { transact } as unknown as Database,
      drop: () => {
        alive = false
        for (const tx of open) {
          // A commit may have reached the server before the end.
          if (tx.phase === 'open' || this.means.choices.chance(0.5)) tx.undo()
        }
      },
    }
  }

  private async run<Value>(
    work: (tx: Transaction) => Promise<Value>,
    open: Set<MemoryTransaction>,
    alive: () => boolean,
  ): Promise<Value> {
    const { choices, clock, ids, serial } = this.means
    const { mood, locks } = this
    await passed(choices.whole(0, tripMostMs))
    if (!alive()) return never
    if (choices.chance(mood.refuse)) throw new DatabaseUnavailableError('is away')
    const outbox = new OutboxBuffer(clock, ids)
    const tx = new MemoryTransaction(outbox, { locks, choices, mood })
    open.add(tx)
    try {
      if (serial) await tx.lock('everything')
      const value = await work(tx)
      if (tx.phase === 'ended') return await never
      if (tx.phase === 'broken') throw new DatabaseUnavailableError('the connection broke')
      tx.phase = 'committing'
      await passed(choices.whole(0, tripMostMs))
      if ((tx.phase as Phase) === 'ended') return await never
      this.commits += 1
      tx.apply(this.commits)
      this.onCommitted(outbox.take())
      if (choices.chance(mood.doubtful)) throw new DatabaseUnavailableError('went away while committing')
      return value
    } catch (error) {
      if (tx.phase === 'open' || tx.phase === 'committing') tx.undo()
      throw error
    } finally {
      open.delete(tx)
    }
  }
}
