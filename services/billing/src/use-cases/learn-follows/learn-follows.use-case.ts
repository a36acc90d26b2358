/**
 * Keeps who follows what, and what each agreed to by beginning to: the fee that is asked for at that moment.
 * Called with the events of follows. Must never hold somebody to a fee that was set after they had begun.
 */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { followChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { FeeFactory } from '../../domain/fees/fee-factory.ts'
import { Fees } from '../../ports/fees.port.ts'

@Injectable()
export class LearnFollows {
  constructor(
    private readonly fees: Fees,
    private readonly factory: FeeFactory,
  ) {}

  async execute(events: readonly EventOf<typeof followChanged>[], tx: Transaction): Promise<void> {
    const begun = await this.fees.saveFollows(
      tx,
      events.map(({ data }) => data),
    )
    if (begun.length === 0) return
    const agreements = begun.map(({ userId, strategyId, offer }) => this.factory.agreement(userId, strategyId, offer))
    await this.fees.saveAgreements(tx, agreements)
  }
}
