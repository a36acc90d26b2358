/**
 * Commands in PostgreSQL: the fence of the leases and the rows of the attempts, in the caller's transaction.
 * Called by take-commands. Must never store for a partition that another process holds.
 */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { Reason } from '#domain/attempt/attempt'
import type { StoredAttempt } from '#ports/attempts.port'
import { CommandLog, type DoubtfulCommand } from '#ports/command-log.port'
import type { IsHeld, OwnedPartition } from '#ports/leases.port'
import { AttemptStore } from './attempt.store.ts'
import { LeaseStore } from './lease.store.ts'

@Injectable()
export class CommandLogStore extends CommandLog {
  constructor(
    private readonly attempts: AttemptStore,
    private readonly leases: LeaseStore,
  ) {
    super()
  }

  fence(tx: Transaction, wanted: readonly OwnedPartition[]): Promise<IsHeld> {
    return this.leases.fence(tx, wanted)
  }

  stored(tx: Transaction, doubtful: readonly DoubtfulCommand[]): Promise<ReadonlySet<string>> {
    return this.attempts.untouched(tx, doubtful)
  }

  insert(tx: Transaction, rows: readonly StoredAttempt[]): Promise<ReadonlySet<string>> {
    return this.attempts.insert(tx, rows)
  }

  noteWait(tx: Transaction, intentIds: readonly string[], reason: Reason): Promise<void> {
    return this.attempts.noteWait(tx, intentIds, reason)
  }

  requestCancel(tx: Transaction, intentIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.attempts.requestCancel(tx, intentIds)
  }
}
