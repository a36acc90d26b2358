/**
 * The mark that an order may be sent now: stored, fenced, in bulk. Called by placement before each send.
 * Must never answer an id whose partition another process holds by now.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { AttemptStore } from './attempt.store.ts'
import { LeaseStore } from './lease.store.ts'

export interface MarkRequest {
  readonly intentId: string
  readonly partition: number
  readonly generation: string
  readonly exit: boolean
}

@Injectable()
export class SubmitMarks {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptStore,
    private readonly leases: LeaseStore,
  ) {}

  /** Answers the ids that may be sent. */
  async mark(requests: readonly MarkRequest[], sentAt: Date): Promise<Set<string>> {
    const store = async (tx: Transaction): Promise<Set<string>> => {
      const isHeld = await this.leases.fence(tx, requests)
      const allowed = requests.filter(isHeld).map(({ intentId }) => intentId)
      return allowed.length === 0 ? new Set<string>() : this.attempts.markSubmitting(tx, allowed, sentAt)
    }
    return this.database.transact(store, { urgent: requests.some(({ exit }) => exit) })
  }
}
