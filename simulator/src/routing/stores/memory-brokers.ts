/**
 * What the stores of `brokers` do, in memory: attempts with their revisions, leases with their generations.
 * Called by the simulated process through the service's own ports. Must never be kinder than the SQL it stands for.
 */
import type { Transaction } from '@tradewire/database/transaction'
import type { Attempt } from '@tradewire/brokers/domain/attempt/attempt'
import { Attempts, type StoredAttempt } from '@tradewire/brokers/ports/attempts.port'
import type { IsHeld, OwnedPartition } from '@tradewire/brokers/ports/leases.port'
import type { Defects } from '../defects.ts'
import { Table } from './memory-database.ts'

const openStates: ReadonlySet<string> = new Set(['queued', 'submitting', 'unknown', 'accepted'])

export class MemoryAttempts extends Attempts {
  readonly rows = new Table<StoredAttempt>()
  private readonly defects: Defects

  constructor(defects: Defects) {
    super()
    this.defects = defects
  }

  async insert(tx: Transaction, rows: readonly StoredAttempt[]): Promise<Set<string>> {
    const fresh = rows.filter(({ attempt }) => !this.rows.has(attempt.command.intentId, tx))
    if (this.defects.skipsAttemptRow !== true) {
      for (const row of fresh) this.rows.put(tx, row.attempt.command.intentId, row)
    }
    return Promise.resolve(new Set(fresh.map(({ attempt }) => attempt.command.intentId)))
  }

  async untouched(
    tx: Transaction,
    wanted: readonly { readonly intentId: string; readonly generation: string }[],
  ): Promise<Set<string>> {
    const found = wanted.filter(({ intentId, generation }) => {
      const row = this.rows.get(intentId, tx)
      const waits = row?.attempt.state === 'queued' || row?.attempt.state === 'submitting'
      return row?.generation === generation && waits && row.attempt.revision === 0
    })
    return Promise.resolve(new Set(found.map(({ intentId }) => intentId)))
  }

  async markSubmitting(tx: Transaction, intentIds: readonly string[], sentAt: Date): Promise<Set<string>> {
    const marked = new Set<string>()
    for (const intentId of intentIds) {
      const row = this.rows.get(intentId, tx)
      if (row === undefined || !['queued', 'submitting', 'unknown'].includes(row.attempt.state)) continue
      const { attempt } = row
      const next: Attempt = { ...attempt, state: 'submitting', submissions: attempt.submissions + 1, sentAt }
      this.rows.put(tx, intentId, { ...row, attempt: next })
      marked.add(intentId)
    }
    return Promise.resolve(marked)
  }

  async write(tx: Transaction, attempts: readonly Attempt[]): Promise<Set<string>> {
    const written = new Set<string>()
    for (const attempt of attempts) {
      const { intentId } = attempt.command
      const row = this.rows.get(intentId, tx)
      if (row === undefined || row.attempt.revision >= attempt.revision) continue
      const { cancelRequested } = row.attempt
      this.rows.put(tx, intentId, { ...row, attempt: { ...attempt, cancelRequested } })
      written.add(intentId)
    }
    return Promise.resolve(written)
  }

  noteWait(): Promise<void> {
    return Promise.resolve()
  }

  async requestCancel(tx: Transaction, intentIds: readonly string[]): Promise<Set<string>> {
    const known = intentIds.filter((intentId) => this.rows.has(intentId, tx))
    for (const intentId of known) {
      const row = this.rows.get(intentId, tx)!
      if (!openStates.has(row.attempt.state)) continue
      this.rows.put(tx, intentId, { ...row, attempt: { ...row.attempt, cancelRequested: true } })
    }
    return Promise.resolve(new Set(known))
  }

  openOf(partitions: readonly number[]): Promise<StoredAttempt[]> {
    const all = this.rows.all()
    return Promise.resolve(
      all.filter(({ attempt }) => openStates.has(attempt.state) && partitions.includes(attempt.partition)),
    )
  }

  openCount(accountId: string): Promise<number> {
    const all = this.rows.all()
    const open = all.filter(({ attempt }) => openStates.has(attempt.state) && attempt.command.accountId === accountId)
    return Promise.resolve(open.length)
  }

  byClientOrderId(accountId: string, clientOrderId: string): Promise<StoredAttempt | null> {
    const row = this.rows
      .all()
      .find(({ attempt }) => attempt.clientOrderId === clientOrderId && attempt.command.accountId === accountId)
    return Promise.resolve(row ?? null)
  }

  byIntents(intentIds: readonly string[]): Promise<{ readonly attempt: Attempt; readonly updatedAt: Date }[]> {
    const rows = intentIds.flatMap((intentId) => this.rows.get(intentId) ?? [])
    return Promise.resolve(rows.map(({ attempt }) => ({ attempt, updatedAt: attempt.receivedAt })))
  }
}

/** Who holds each partition: one generation at a time. */
export class MemoryLeases {
  private readonly generations = new Map<number, number>()

  /** The next owner's; whoever held it before is fenced off from now on. */
  take(partitions: readonly number[]): OwnedPartition[] {
    return partitions.map((partition) => {
      const generation = (this.generations.get(partition) ?? 0) + 1
      this.generations.set(partition, generation)
      return { partition, generation: String(generation) }
    })
  }

  fence(): Promise<IsHeld> {
    return Promise.resolve(({ partition, generation }) => String(this.generations.get(partition)) === generation)
  }
}
