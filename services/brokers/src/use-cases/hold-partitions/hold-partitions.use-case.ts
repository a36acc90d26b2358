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
    recovery.onLost((partitions) => void this.lose(partitions))
  }

  monotonicMs(): number {
    return this.recovery.time.monotonicMs()
  }

  observe(databaseNow: Date): void {
    this.recovery.time.observe(databaseNow)
  }

  holds({ partition, generation }: OwnedPartition): boolean {
    return this.desk.heldPartition(partition)?.generation === generation
  }

  /** Renews what is still ours; what another process has taken is dropped without a word to the venue. */
  async keepOnly(owned: readonly OwnedPartition[], validUntilMs: number): Promise<void> {
    const generations = new Map(owned.map(({ partition, generation }) => [partition, generation]))
    const lost: number[] = []
    for (const held of this.desk.heldPartitions()) {
      if (generations.get(held.partition) === held.generation) held.validUntilMs = validUntilMs
      else lost.push(held.partition)
    }
    if (lost.length > 0) await this.lose(lost)
  }

  /** Another process holds these now. */
  async lose(partitions: readonly number[]): Promise<void> {
    this.logger.warn({ partitions }, 'partitions were taken over by another process')
    for (const partition of partitions) this.desk.drop(partition)
    await this.intake.stop(partitions)
  }

  async begin(partitions: readonly HeldPartition[]): Promise<void> {
    for (const held of partitions) this.desk.hold(held)
    try {
      await this.recovery.load(partitions)
    } catch (error) {
      // Not held after all: the next beat tries again.
      for (const { partition } of partitions) this.desk.drop(partition)
      throw error
    }
    await this.accounts.execute(partitions.map(({ partition }) => partition))
    this.recovery.resume(partitions)
    for (const { partition } of partitions) this.intake.start(partition)
  }

  /** Gives partitions up in order: no new commands, in-flight orders answered, results stored. */
  async end(partitions: readonly number[]): Promise<void> {
    await this.intake.stop(partitions)
    await this.recovery.settle(partitions)
    for (const partition of partitions) this.desk.drop(partition)
  }

  async stopAll(): Promise<void> {
    await this.end(this.desk.heldPartitions().map(({ partition }) => partition))
    await this.accounts.stop()
  }

  followAccounts(): Promise<void> {
    return this.accounts.execute([])
  }
}
