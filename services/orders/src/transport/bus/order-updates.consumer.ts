/**
 * Hears what became of our orders: what a stop or another exit follows from never waits for the news that entries rest.
 * Called by the bus. Must never decide anything.
 */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import { orderUpdateEvents } from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { EntryPace } from '../../domain/planning/entry-pace.ts'
import {
  type OrderUpdateEvent,
  TakeOrderUpdates,
} from '../../use-cases/take-order-updates/take-order-updates.use-case.ts'

/** Updates applied in one transaction at most: large enough to be cheap, small enough that stops leave soon. */
const eventsMax = 250
/** From these nothing follows at once; each transaction keeps the processor from the others for some milliseconds. */
const calmEventsMax = 100
/** Transactions at once: brackets are locked in id order and old news is ignored, so they may overlap. */
const concurrency = 2

@Controller()
export class OrderUpdatesConsumer {
  constructor(
    private readonly takeOrderUpdates: TakeOrderUpdates,
    private readonly pace: EntryPace,
    private readonly clock: Clock,
  ) {}

  @Consume(orderUpdateEvents, { name: 'urgent-order-updates', haste: 'urgent', eventsMax, concurrency })
  handleUrgent(events: readonly OrderUpdateEvent[], tx: Transaction): Promise<void> {
    // The newest of them: what came before it may have waited for the end of an outage.
    const newestMs = Math.max(...events.map(({ data }) => Date.parse(data.observedAt)))
    this.pace.exitWaited(this.clock.now().getTime() - newestMs)
    return this.takeOrderUpdates.execute(events, tx)
  }

  @Consume(orderUpdateEvents, { name: 'order-updates', haste: 'calm', eventsMax: calmEventsMax, concurrency: 1 })
  handleCalm(events: readonly OrderUpdateEvent[], tx: Transaction): Promise<void> {
    return this.takeOrderUpdates.execute(events, tx)
  }
}
