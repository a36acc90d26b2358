/** Has strategies verified that have a link to MyFxBook. Started with the service. Must never run beside itself in one process. */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { VerifyStrategies } from '../../use-cases/verify-strategies/verify-strategies.use-case.ts'

/** How soon a new link is looked at. */
const pollMs = 30_000

@Injectable()
export class VerificationJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined

  constructor(
    private readonly verify: VerifyStrategies,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => (this.running ??= this.run()), pollMs)
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer)
    await this.running
  }

  private async run(): Promise<void> {
    try {
      const reason = await this.verify.execute()
      if (reason !== null) this.logger.warn({ reason }, 'MyFxBook could not be asked and is asked again later')
    } catch (error) {
      this.logger.warn({ err: error }, 'strategies could not be verified and are tried again')
    } finally {
      this.running = undefined
    }
  }
}
