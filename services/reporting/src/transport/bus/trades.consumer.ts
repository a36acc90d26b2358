/** Hears of trades. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import { signalAccepted } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { RecordClosedTrades } from '../../use-cases/record-closed-trades/record-closed-trades.use-case.ts'
import { RecordHandSignals } from '../../use-cases/record-hand-signals/record-hand-signals.use-case.ts'
import { RecordOpenedTrades } from '../../use-cases/record-opened-trades/record-opened-trades.use-case.ts'

/** Trades written in one transaction at most. */
const eventsMax = 1_000

@Controller()
export class TradesConsumer {
  constructor(
    private readonly recordOpened: RecordOpenedTrades,
    private readonly recordClosed: RecordClosedTrades,
    private readonly recordHandSignals: RecordHandSignals,
  ) {}

  @Consume(tradeOpened, { name: 'trades-opened', eventsMax })
  opened(events: readonly EventOf<typeof tradeOpened>[], tx: Transaction): Promise<void> {
    return this.recordOpened.execute(events, tx)
  }

  @Consume(tradeClosed, { name: 'trades-closed', eventsMax })
  closed(events: readonly EventOf<typeof tradeClosed>[], tx: Transaction): Promise<void> {
    return this.recordClosed.execute(events, tx)
  }

  @Consume(signalAccepted, { name: 'signals-accepted', eventsMax })
  accepted(events: readonly EventOf<typeof signalAccepted>[], tx: Transaction): Promise<void> {
    return this.recordHandSignals.execute(events, tx)
  }
}
