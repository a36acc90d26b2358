/** Hears of trades. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { RecordTrades } from '../../use-cases/record-trades/record-trades.use-case.ts'

/** Trades written in one transaction at most. */
const eventsMax = 1_000

@Controller()
export class TradesConsumer {
  constructor(private readonly recordTrades: RecordTrades) {}

  @Consume(tradeOpened, { name: 'trades-opened', eventsMax })
  opened(events: readonly EventOf<typeof tradeOpened>[], tx: Transaction): Promise<void> {
    return this.recordTrades.opened(events, tx)
  }

  @Consume(tradeClosed, { name: 'trades-closed', eventsMax })
  closed(events: readonly EventOf<typeof tradeClosed>[], tx: Transaction): Promise<void> {
    return this.recordTrades.closed(events, tx)
  }
}
