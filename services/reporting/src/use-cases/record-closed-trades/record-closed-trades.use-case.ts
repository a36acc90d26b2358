/** Writes closed trades into the ledger. Called for trade.closed. Must never change an entry once written. */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { tradeClosed } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class RecordClosedTrades {
  constructor(private readonly ledger: Ledger) {}

  execute(events: readonly EventOf<typeof tradeClosed>[], tx: Transaction): Promise<void> {
    return this.ledger.recordClosed(
      tx,
      events.map(({ data }) => data),
    )
  }
}
