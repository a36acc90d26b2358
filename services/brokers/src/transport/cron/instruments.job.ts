/** Reads anew what the venues and servers in use list, now and then. Called by Nest. Must never overlap itself. */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { RefreshInstruments } from '../../use-cases/refresh-instruments/refresh-instruments.use-case.ts'

const lookEveryMs = 3_600_000

@Injectable()
export class InstrumentsJob implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private busy = false

  constructor(
    private readonly instruments: RefreshInstruments,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.turn(), lookEveryMs).unref()
  }

  onModuleDestroy(): void {
    clearInterval(this.timer)
  }

  private async turn(): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      await this.instruments.execute()
    } catch (error) {
      this.logger.warn({ err: error }, 'instruments could not be read anew; the next turn tries again')
    } finally {
      this.busy = false
    }
  }
}
