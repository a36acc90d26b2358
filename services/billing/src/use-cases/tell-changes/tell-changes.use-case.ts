/** Tells providers of changes that they must know of and do not yet: an answer was lost, or the difference was paid just now. Called by the job. Must never hold all up for one. */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
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
    for (const change of await this.changes.untold(batchRows)) await this.tell(change)
  }

  private async tell(change: SubscriptionChange): Promise<void> {
    try {
      const told = await this.carryOutChange.execute(change)
      if (!told.ok)
        this.logger.warn({ change: change.id, code: told.error.code }, 'a provider was not told of a change')
    } catch (error) {
      this.logger.warn({ err: error, change: change.id }, 'a provider could not be told of a change; it is tried again')
    }
  }
}
