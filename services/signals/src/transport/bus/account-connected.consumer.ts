/** Hears which accounts exist. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import { accountConnected } from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { LearnAccounts } from '../../use-cases/learn-accounts/learn-accounts.use-case.ts'

@Controller()
export class AccountConnectedConsumer {
  constructor(private readonly learnAccounts: LearnAccounts) {}

  @Consume(accountConnected, { name: 'accounts' })
  handle(events: readonly EventOf<typeof accountConnected>[], tx: Transaction): Promise<void> {
    return this.learnAccounts.execute(events, tx)
  }
}
