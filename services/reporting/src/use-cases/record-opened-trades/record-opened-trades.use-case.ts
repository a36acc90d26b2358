/** Remembers trades that were opened. Called for trade.opened. Must never reopen a closed one. */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { tradeOpened } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class RecordOpenedTrades {
  constructor(private readonly ledger: Ledger) {}

  execute(events: readonly EventOf<typeof tradeOpened>[], tx: Transaction): Promise<void> {
    return this.ledger.recordOpened(
      tx,
      events.map(({ data }) => data),
    )
  }
}
