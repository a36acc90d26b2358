/**
 * What is done for the partitions held: recovery first, then their commands and accounts. Called by own-partitions.
 * Must never leave an order of an earlier owner unread, and never send one that may stand at the venue.
 */
// tidy-allow ratchet-use-case-methods: the steps of a lease beat over one set of partitions
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Desk, type HeldPartition } from '#domain/sending/desk'
import type { OwnedPartition } from '#ports/leases.port'
import { CommandIntake } from '#ports/command-intake.port'
import { FollowAccounts } from '../follow-accounts/follow-accounts.use-case.ts'
import { RecoverAttempts } from '../recover-attempts/recover-attempts.use-case.ts'

@Injectable()
export class HoldPartitions {
  constructor(
    private readonly desk: Desk,
    private readonly intake: CommandIntake,
    private readonly recovery: RecoverAttempts,
    private readonly accounts: FollowAccounts,
    @InjectLogger() private readonly logger: Logger,
  ) {
    recovery.onLost((lost) => void this.lose(lost))
  }

  monotonicMs(): number {
    return this.recovery.time.monotonicMs()
  }

  observe(databaseNow: Date): void {
    this.recovery.time.observe(databaseNow)
  }

  holds(owned: OwnedPartition): boolean {
    return this.desk.holds(owned)
  }

  /** Renews what is still ours; what another process has taken is dropped without a word to the venue. */
  async keepOnly(owned: readonly OwnedPartition[], validUntilMs: number): Promise<void> {
    const generations = new Map(owned.map(({ partition, generation }) => [partition, generation]))
    const lost: OwnedPartition[] = []
    for (const held of this.desk.heldPartitions()) {
      if (generations.get(held.partition) === held.generation) held.validUntilMs = validUntilMs
      else lost.push(held)
    }
    if (lost.length > 0) await this.lose(lost)
  }

  /** All of a take-over or nothing: what could not be recovered is not held, and the next beat tries again. */
  async begin(partitions: readonly HeldPartition[]): Promise<void> {
    for (const held of partitions) this.desk.hold(held)
    try {
      await this.recovery.load(partitions)
      await this.accounts.execute(partitions.map(({ partition }) => partition))
      // Others may have been lost while these were read.
      const still = partitions.filter((owned) => this.holds(owned))
      this.recovery.resume(still)
      for (const { partition } of still) this.intake.start(partition)
    } catch (error) {
      await this.lose(partitions)
      throw error
    }
  }

  /** Gives partitions up in order: no new commands, in-flight orders answered, results stored. */
  async end(partitions: readonly number[]): Promise<void> {
    await this.intake.stop(partitions)
    await this.recovery.settle(partitions)
    this.drop(partitions)
  }

  async stopAll(): Promise<void> {
    await this.end(this.desk.heldPartitions().map(({ partition }) => partition))
    await this.accounts.stop()
  }

  followAccounts(): Promise<void> {
    return this.accounts.execute([])
  }

  /** Another process holds these now; what this one holds again in a later generation stays. */
  private async lose(lost: readonly OwnedPartition[]): Promise<void> {
    const partitions = [...new Set(lost.filter((owned) => this.holds(owned)).map(({ partition }) => partition))]
    if (partitions.length === 0) return
    this.logger.warn({ partitions }, 'partitions are not held any more')
    this.drop(partitions)
    await this.intake.stop(partitions)
  }

  private drop(partitions: readonly number[]): void {
    for (const partition of partitions) this.desk.drop(partition)
    this.accounts.leaveOthers()
  }
}
