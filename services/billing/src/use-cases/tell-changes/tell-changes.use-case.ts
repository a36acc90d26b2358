/**
 * Tells providers of changes that they must know of and do not yet: an answer was lost, or the difference was paid just now.
 * Called by the job. Must never hold all up for one.
 */
import { Injectable } from '@nestjs/common'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { CarryOutChange } from '../carry-out-change/carry-out-change.use-case.ts'
import { DoEachAlone } from '../do-each-alone/do-each-alone.use-case.ts'

const batchRows = 100

@Injectable()
export class TellChanges {
  constructor(
    private readonly changes: SubscriptionChanges,
    private readonly carryOutChange: CarryOutChange,
    private readonly doEachAlone: DoEachAlone,
  ) {}

  async execute(now: Date): Promise<void> {
    await this.doEachAlone.execute(await this.changes.untold(now, batchRows), {
      work: (change) => this.tell(change),
      putOff: ({ id }, until) => this.changes.putOff(id, until),
      failed: 'a provider could not be told of a change',
      about: ({ id }) => ({ change: id }),
    })
  }

  /** False while it is as it was: its provider may not have begun the period that would show it. */
  private async tell(change: SubscriptionChange): Promise<boolean | string> {
    const told = await this.carryOutChange.execute(change)
    return told.ok ? told.value.state !== change.state : told.error.code
  }
}
