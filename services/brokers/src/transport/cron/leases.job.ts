/** Beats the partition leases while the service runs and gives them up when it stops. Called by Nest. Must never decide anything. */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { BrokersConfig } from '#config'
import { OwnPartitions } from '../../use-cases/own-partitions/own-partitions.use-case.ts'
import { RunLanes } from '../../use-cases/run-lanes/run-lanes.use-case.ts'

const beatsPerLease = 5

@Injectable()
export class LeasesJob implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null

  constructor(
    private readonly partitions: OwnPartitions,
    private readonly lanes: RunLanes,
    @InjectConfig() private readonly config: BrokersConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.partitions.execute(), this.config.leaseMs / beatsPerLease)
    await this.partitions.execute()
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer)
    await this.partitions.stop()
    this.lanes.stop()
  }
}
