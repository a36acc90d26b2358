/**
 * Entries that wait for their turn, in memory. Called through the service's own port and by the store of plans.
 * Must never be kinder than the SQL it stands for.
 */
import type { Side } from '@tradewire/contracts/common'
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Transaction } from '@tradewire/database/transaction'
import type { BracketId, FollowId, SignalId } from '@tradewire/kernel/ids'
import type { SignalData } from '@tradewire/orders/domain/planning/accepted-signal'
import { isOver, plannerMoves } from '@tradewire/orders/domain/bracket/bracket'
import type { Wait } from '@tradewire/orders/domain/gate/open-position'
import type { PlannedBracket, StoredSignal } from '@tradewire/orders/ports/planning.port'
import {
  type DueSignal,
  WaitingEntries,
  type WaitingEntry,
  type WaitingScope,
} from '@tradewire/orders/ports/waiting-entries.port'
import { type MemoryTransaction, Table } from './memory-database.ts'
import type { MemoryBrackets } from './memory-orders.ts'

interface QueueRow extends Wait {
  readonly bracketId: BracketId
  readonly signalId: SignalId
  readonly followId: FollowId
  readonly side: Side
  /** The signal as it came. */
  readonly raw: string
  readonly since: string
  readonly expiresAt: string
  readonly lookAt: Date
  /** False once it has left the queue. */
  readonly waits: boolean
}

const closable: ReadonlySet<string> = new Set(['planned', 'entering', 'open', 'protected'])

export class MemoryWaitingEntries extends WaitingEntries {
  /** By follow: one entry of each at most. */
  private readonly rows = new Table<QueueRow>()
  private readonly brackets: MemoryBrackets

  constructor(brackets: MemoryBrackets) {
    super()
    this.brackets = brackets
  }

  ofFollow(followId: string, tx: Transaction): QueueRow | undefined {
    const row = this.rows.get(followId, tx)
    return row?.waits === true ? row : undefined
  }

  /** An entry of its own follow has asked for its end. */
  hasAskedToEnd(bracketId: string, tx: Transaction): boolean {
    return this.waiting(tx).some(({ closes, waitsFor }) => closes && waitsFor === bracketId)
  }

  /** Those of the new brackets that have to wait. */
  async add(
    tx: Transaction,
    fresh: readonly PlannedBracket[],
    { signal, raw, plannedAt }: StoredSignal,
  ): Promise<void> {
    await (tx as MemoryTransaction).statement()
    for (const { bracketId, candidate, result } of fresh) {
      if (result.outcome !== 'waiting') continue
      const { followId } = candidate
      await (tx as MemoryTransaction).lock(`waiting ${followId}`)
      if (this.ofFollow(followId, tx) !== undefined) throw new Error('an entry of this follow waits already')
      const { signalId, side, expiresAt } = signal
      const row = { ...result.wait, bracketId, signalId, followId, side, raw, expiresAt, waits: true }
      this.rows.put(tx, followId, { ...row, since: plannedAt.toISOString(), lookAt: new Date(0) })
    }
  }

  async waitAgain(tx: Transaction, followId: string, bracketId: string, wait: Wait): Promise<void> {
    const row = await this.lockRow(tx, followId, bracketId)
    if (row !== undefined) this.rows.put(tx, followId, { ...row, ...wait })
  }

  /** True when it still waited. */
  async leave(tx: Transaction, followId: string, bracketId: string): Promise<boolean> {
    const row = await this.lockRow(tx, followId, bracketId)
    if (row !== undefined) this.rows.put(tx, followId, { ...row, waits: false })
    return row !== undefined
  }

  toClose(now: Date, limit: number): Promise<{ bracketId: string; trace: null }[]> {
    const wanted = this.waiting().filter(({ closes, waitsFor, lookAt }) => {
      const other = this.brackets.rows.get(waitsFor)?.bracket
      return closes && lookAt <= now && other !== undefined && other.closing === null && closable.has(other.state)
    })
    const ids = [...new Set(wanted.map(({ waitsFor }) => waitsFor))].toSorted()
    return Promise.resolve(ids.slice(0, limit).map((bracketId) => ({ bracketId, trace: null })))
  }

  due(now: Date, limit: number): Promise<DueSignal[]> {
    const rows = this.waiting().filter(({ expiresAt, waitsFor, lookAt }) => {
      if (lookAt > now) return false
      const other = this.brackets.rows.get(waitsFor)
      return expiresAt <= now.toISOString() || (other !== undefined && !other.holdsSlot && isOver(other.bracket))
    })
    const groups = Map.groupBy(rows.slice(0, limit), ({ signalId }) => signalId)
    const due = [...groups.values()].map((group) => ({
      data: JSON.parse(group[0]!.raw) as SignalData,
      trace: null,
      entries: group.map((row) => ({ ...this.entryOf(row), waited: row })),
    }))
    return Promise.resolve(due)
  }

  async putOff(tx: Transaction, bracketIds: readonly string[], until: Date): Promise<void> {
    await (tx as MemoryTransaction).statement()
    for (const { followId, bracketId, waitsFor } of this.waiting(tx)) {
      if (!bracketIds.includes(bracketId) && !bracketIds.includes(waitsFor)) continue
      const row = await this.lockRow(tx, followId, bracketId)
      if (row !== undefined) this.rows.put(tx, followId, { ...row, lookAt: until })
    }
  }

  async withdraw(tx: Transaction, of: WaitingScope, denial: Denial): Promise<WaitingEntry[]> {
    const own = tx as MemoryTransaction
    await own.statement()
    const left: WaitingEntry[] = []
    for (const row of this.waiting(tx)) {
      const entry = this.entryOf(row, tx)
      if (!isIn(of, entry) || !(await this.leave(tx, row.followId, row.bracketId))) continue
      await own.lock(`bracket ${row.bracketId}`)
      const stored = this.brackets.rows.get(row.bracketId, tx)!
      const bracket = { ...stored.bracket, state: plannerMoves.denied }
      this.brackets.rows.put(tx, row.bracketId, { ...stored, bracket, denial })
      left.push(entry)
    }
    return left
  }

  private waiting(tx?: Transaction): QueueRow[] {
    return this.rows.all(tx).filter(({ waits }) => waits)
  }

  private async lockRow(tx: Transaction, followId: string, bracketId: string): Promise<QueueRow | undefined> {
    await (tx as MemoryTransaction).lock(`waiting ${followId}`)
    const row = this.ofFollow(followId, tx)
    return row?.bracketId === bracketId ? row : undefined
  }

  private entryOf({ bracketId }: QueueRow, tx?: Transaction): WaitingEntry {
    const { bracket } = this.brackets.rows.get(bracketId, tx)!
    const { signalId, strategyId, followId, accountId, userId } = bracket
    return { bracketId, signalId, strategyId, followId, accountId, userId }
  }
}

function isIn(of: WaitingScope, entry: WaitingEntry): boolean {
  const { bracketIds, strategyId, followId, accountId } = of
  return (
    (bracketIds === undefined || bracketIds.includes(entry.bracketId)) &&
    (strategyId === undefined || strategyId === entry.strategyId) &&
    (followId === undefined || followId === entry.followId) &&
    (accountId === undefined || accountId === entry.accountId)
  )
}
