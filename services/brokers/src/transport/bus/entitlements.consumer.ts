/** Hears what the plans of users allow. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import { entitlementChanged } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { LearnAllowances } from '../../use-cases/learn-allowances/learn-allowances.use-case.ts'

@Controller()
export class EntitlementsConsumer {
  constructor(private readonly learnAllowances: LearnAllowances) {}

  @Consume(entitlementChanged, { name: 'entitlements' })
  handle(events: readonly EventOf<typeof entitlementChanged>[], tx: Transaction): Promise<void> {
    return this.learnAllowances.execute(
      events.map(({ data }) => data),
      tx,
    )
  }
}
