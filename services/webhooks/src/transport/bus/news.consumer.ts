/** Hears the events that endpoints may subscribe to. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import { paymentDue, paymentFailed, paymentSucceeded, subscriptionChanged } from '@tradewire/contracts/events/billing'
import { accountConnected, accountDisconnected } from '@tradewire/contracts/events/brokers'
import { noticeRaised, reportMade } from '@tradewire/contracts/events/notices'
import { positionProtected, positionUnprotected, tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { QueueDeliveries } from '../../use-cases/queue-deliveries/queue-deliveries.use-case.ts'

/** Events queued in one transaction at most. */
const eventsMax = 500

const contracts = [
  tradeOpened,
  tradeClosed,
  positionUnprotected,
  positionProtected,
  accountConnected,
  accountDisconnected,
  paymentSucceeded,
  paymentFailed,
  paymentDue,
  subscriptionChanged,
  noticeRaised,
  reportMade,
] as const
type News = EventOf<(typeof contracts)[number]>

@Controller()
export class NewsConsumer {
  constructor(private readonly queueDeliveries: QueueDeliveries) {}

  @Consume(contracts, { name: 'news', eventsMax })
  handle(events: readonly News[], tx: Transaction): Promise<void> {
    return this.queueDeliveries.execute(events, tx)
  }
}
