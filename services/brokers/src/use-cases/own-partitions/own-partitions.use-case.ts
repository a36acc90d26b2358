/**
 * Holds this process's share of the partitions: takes, renews, recovers what earlier owners left, gives up.
 * Called by a timer. Must never consume a partition's commands before its open attempts are in memory.
 */
// tidy-allow ratchet-use-case-methods: stopping belongs to what keeps the leases
import { Injectable } from '@nestjs/common'
import { IdSource } from '@tradewire/kernel/ids'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { BrokersConfig } from '#config'
import type { HeldPartition } from '#domain/sending/desk'
import { planLeases } from '#domain/sending/partition-plan'
import { type Heartbeat, Leases, type OwnedPartition } from '#ports/leases.port'
import { HoldPartitions } from '../hold-partitions/hold-partitions.use-case.ts'

/** Sending ends this share of a lease before its end: a request on its way needs time too. */
const usableShare = 0.7

@Injectable()
export class OwnPartitions {
  readonly owner: string
  private beating: Promise<void> | null = null
  private stopped = false

  constructor(
    private readonly leases: Leases,
    private readonly work: HoldPartitions,
    ids: IdSource,
    @InjectConfig() private readonly config: BrokersConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.owner = ids.next()
  }

  /** One beat. Never rejects; beats do not overlap. */
  execute(): Promise<void> {
    if (this.stopped) return Promise.resolve()
    this.beating ??= this.beat()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'the leases could not be renewed'))
      .finally(() => {
        this.beating = null
      })
    return this.beating
  }

  /** Finishes what is in flight and leaves everything to the others at once. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.beating
    await this.work.stopAll()
    await this.leases
      .leave(this.owner)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'leases end by time'))
  }

  private async beat(): Promise<void> {
    const { leaseMs } = this.config
    const beganMs = this.work.monotonicMs()
    const seen = await this.leases.heartbeat(this.owner, leaseMs)
    const validUntilMs = beganMs + leaseMs * usableShare
    this.work.observe(seen.now)
    await this.work.keepOnly(seen.owned, validUntilMs)
    await this.rebalance(seen, validUntilMs)
    // A partition that was ours before a restart of the row's owner, or whose take-over failed half way.
    const missing = seen.owned.filter((each) => !this.work.holds(each))
    if (missing.length > 0) await this.work.begin(heldOf(missing, validUntilMs))
    await this.work.followAccounts()
  }

  private async rebalance(seen: Heartbeat, validUntilMs: number): Promise<void> {
    const plan = planLeases(seen.leases, this.owner, seen.living)
    if (plan.release.length > 0) {
      this.logger.info({ partitions: plan.release }, 'giving partitions to another process')
      await this.work.end(plan.release)
      await this.leases.release(this.owner, plan.release)
    }
    if (plan.take.length === 0) return
    const taken = await this.leases.take(this.owner, plan.take, this.config.leaseMs)
    if (taken.length === 0) return
    this.logger.info({ partitions: taken.map(({ partition }) => partition) }, 'took partitions')
    await this.work.begin(heldOf(taken, validUntilMs))
  }
}

function heldOf(owned: readonly OwnedPartition[], validUntilMs: number): HeldPartition[] {
  return owned.map(({ partition, generation }) => ({ partition, generation, validUntilMs }))
}
