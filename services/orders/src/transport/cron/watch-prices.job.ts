/**
 * Looks at the prices that are watched for, again and again. Started with the service.
 * Must never run twice at once; several replicas may, for each bracket is locked while it is moved.
 */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { OrdersConfig } from '../../config.ts'
import { WatchPrices } from '../../use-cases/watch-prices/watch-prices.use-case.ts'

/** So many looks without a price: their owners are told. */
const blindLooks = 10

@Injectable()
export class WatchPricesJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopping = false

  constructor(
    private readonly watchPrices: WatchPrices,
    @InjectConfig() private readonly config: OrdersConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.runSoon()
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true
    clearTimeout(this.timer)
    await this.running
  }

  private runSoon(): void {
    if (this.stopping) return
    this.timer = setTimeout(() => {
      this.running = this.run()
    }, this.config.watchEveryMs)
  }

  private async run(): Promise<void> {
    try {
      await this.watchPrices.execute(blindLooks * this.config.watchEveryMs)
    } catch (error) {
      this.logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'watching prices failed')
    }
    this.runSoon()
  }
}
