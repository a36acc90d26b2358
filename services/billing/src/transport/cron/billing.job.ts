/**
 * What happens without anybody asking: events are worked on, time passes, payments come due, providers are pulled.
 * Called by Nest. Must never decide anything; several processes may work at once.
 */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { BillingConfig } from '../../config.ts'
import { RunBilling } from '../../use-cases/run-billing/run-billing.use-case.ts'

/** How soon a new event is noticed. */
const idlePollMs = 200
/** How soon a subscription moves after its time has come. */
const timePollMs = 5_000

@Injectable()
export class BillingJob extends RegularJob {
  constructor(@InjectConfig() config: BillingConfig, @InjectLogger() logger: Logger, billing: RunBilling) {
    const regular = (work: 'events' | 'time' | 'pull', everyMs: number) => {
      return { work: () => billing.execute(work), everyMs, failed: `billing failed at ${work} and is tried again` }
    }
    super(logger, regular('events', idlePollMs), regular('time', timePollMs), regular('pull', config.pullIntervalMs))
  }
}
