/** Has strategies verified that have a link to MyFxBook. Called by Nest. Must never decide anything. */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { VerifyStrategies } from '../../use-cases/verify-strategies/verify-strategies.use-case.ts'

/** How soon a new link is looked at. */
const lookEveryMs = 30_000

@Injectable()
export class VerificationJob extends RegularJob {
  constructor(
    private readonly verify: VerifyStrategies,
    @InjectLogger() logger: Logger,
  ) {
    const work = () => this.look()
    super(logger, { work, everyMs: lookEveryMs, failed: 'strategies could not be verified and are tried again' })
  }

  private async look(): Promise<void> {
    const reason = await this.verify.execute()
    if (reason !== null) this.logger.warn({ reason }, 'MyFxBook could not be asked and is asked again later')
  }
}
