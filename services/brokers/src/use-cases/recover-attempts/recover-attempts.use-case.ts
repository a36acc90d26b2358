/**
 * Takes up the open attempts that an earlier owner of a partition left. Called by partition-work.
 * Queued ones are sent if they have not expired; submitting and unknown ones are looked for at the venue first.
 */
// tidy-allow ratchet-use-case-methods: load, resume and settle are the steps of one take-over
import { Injectable } from '@nestjs/common'
import { setTimeout as delay } from 'node:timers/promises'
import { Desk, type HeldPartition, openAttempt } from '#domain/sending/desk'
import { Attempts } from '#ports/attempts.port'
import type { OwnedPartition } from '#ports/leases.port'
import { Results } from '#ports/results.port'
import { DatabaseTime } from '#ports/database-time.port'
import { TakeUpAttempts } from '../take-up-attempts/take-up-attempts.use-case.ts'

const settleMs = 8_000
const settlePollMs = 20

@Injectable()
export class RecoverAttempts {
  constructor(
    private readonly desk: Desk,
    private readonly attempts: Attempts,
    private readonly writer: Results,
    private readonly takeUp: TakeUpAttempts,
    readonly time: DatabaseTime,
  ) {}

  /** Called when a write finds that another process owns partitions, with how this one held them. */
  onLost(listener: (lost: readonly OwnedPartition[]) => void): void {
    this.writer.onLost(listener)
  }

  async load(partitions: readonly HeldPartition[]): Promise<void> {
    const generations = new Map(partitions.map(({ partition, generation }) => [partition, generation]))
    for (const stored of await this.attempts.openOf([...generations.keys()])) {
      const { attempt, trace } = stored
      const generation = generations.get(attempt.partition)
      if (generation === undefined || this.desk.find(attempt.command.intentId) !== undefined) continue
      this.desk.add(openAttempt(attempt, generation, trace))
    }
  }

  /** Sends, looks and reads, each attempt by its state. */
  resume(partitions: readonly HeldPartition[]): void {
    const numbers = new Set(partitions.map(({ partition }) => partition))
    for (const accountId of this.desk.accountsWithAttempts()) {
      const own = this.desk.ofAccount(accountId).filter(({ attempt }) => numbers.has(attempt.partition))
      if (own.length > 0) this.takeUp.execute(own)
    }
  }

  /** Waits until nothing of these partitions is between us and the venue and all results are stored. */
  async settle(partitions: readonly number[]): Promise<void> {
    const numbers = new Set(partitions)
    const untilMs = this.time.monotonicMs() + settleMs
    const inFlight = (): boolean =>
      this.desk
        .accountsWithAttempts()
        .some((accountId) =>
          this.desk
            .ofAccount(accountId)
            .some(({ attempt }) => numbers.has(attempt.partition) && attempt.state === 'submitting'),
        )
    while (inFlight() && this.time.monotonicMs() < untilMs) await delay(settlePollMs)
    await this.writer.settled(Math.max(settlePollMs, untilMs - this.time.monotonicMs()))
  }
}
