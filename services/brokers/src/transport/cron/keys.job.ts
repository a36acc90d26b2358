/** Looks once a minute whose key is about to end. Called by Nest. Must never overlap itself. */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { WarnOfKeys } from '../../use-cases/warn-of-keys/warn-of-keys.use-case.ts'

const lookEveryMs = 60_000

@Injectable()
export class KeysJob implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private busy = false

  constructor(
    private readonly warn: WarnOfKeys,
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
      await this.warn.execute()
    } catch (error) {
      this.logger.warn({ err: error }, 'the ends of keys could not be looked at; the next turn tries again')
    } finally {
      this.busy = false
    }
  }
}
