/** Hears of positions that were closed without an order of ours. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import { positionChanged, positionGone } from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { type PositionEvent, TakeLosses } from '../../use-cases/take-losses/take-losses.use-case.ts'

/** Losses taken in one transaction at most: a crash of the market liquidates many accounts at once. */
const eventsMax = 100

@Controller()
export class PositionsConsumer {
  constructor(private readonly takeLosses: TakeLosses) {}

  @Consume([positionChanged, positionGone], { name: 'positions', eventsMax })
  handle(events: readonly PositionEvent[], tx: Transaction): Promise<void> {
    return this.takeLosses.execute(events, tx)
  }
}
