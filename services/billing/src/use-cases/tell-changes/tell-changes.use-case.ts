/** Tells providers of changes that they must know of and do not yet: an answer was lost, or the difference was paid just now. Called by the job. */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { CarryOutChange } from '../carry-out-change/carry-out-change.use-case.ts'

const batchRows = 100

@Injectable()
export class TellChanges {
  constructor(
    private readonly changes: SubscriptionChanges,
    private readonly carryOutChange: CarryOutChange,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async execute(): Promise<void> {
    for (const change of await this.changes.untold(batchRows)) {
      const told = await this.carryOutChange.execute(change)
      if (!told.ok)
        this.logger.warn({ change: change.id, code: told.error.code }, 'a provider was not told of a change')
    }
  }
}
