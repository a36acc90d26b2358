/** Reads and tells the rates of the venues in use, twice a minute. Called by Nest. Must never overlap itself. */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { AnnounceRates } from '../../use-cases/announce-rates/announce-rates.use-case.ts'

const ratesEveryMs = 30_000

@Injectable()
export class RatesJob implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private busy = false

  constructor(
    private readonly rates: AnnounceRates,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.turn(), ratesEveryMs).unref()
  }

  onModuleDestroy(): void {
    clearInterval(this.timer)
  }

  private async turn(): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      await this.rates.execute()
    } catch (error) {
      this.logger.warn({ err: error }, 'rates could not be told; the next turn tries again')
    } finally {
      this.busy = false
    }
  }
}
