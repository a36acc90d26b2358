/** Remembers whose account is at which venue. Called for account.connected. Must never be asked for balances or keys. */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { accountConnected } from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountId, UserId } from '@tradewire/kernel/ids'
import { Follows } from '../../ports/follows.port.ts'

@Injectable()
export class LearnAccounts {
  constructor(private readonly follows: Follows) {}

  execute(events: readonly EventOf<typeof accountConnected>[], tx: Transaction): Promise<void> {
    return this.follows.rememberAccounts(
      tx,
      events.map(({ data }) => ({
        accountId: data.accountId as AccountId,
        userId: data.userId as UserId,
        venue: data.venue,
      })),
    )
  }
}
