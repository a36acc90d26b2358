/** Hears what strategies cost and who has paid for them. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import { Consume } from '@tradewire/bus/decorators'
import { strategyPriced, subscriptionChanged } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { LearnSubscriptions } from '../../use-cases/learn-subscriptions/learn-subscriptions.use-case.ts'

const contracts = [strategyPriced, subscriptionChanged] as const
type SubscriptionsEvent = ConsumedEvent<(typeof contracts)[number]>

/** Facts learnt in one transaction at most. */
const eventsMax = 200

@Controller()
export class SubscriptionsConsumer {
  constructor(private readonly learnSubscriptions: LearnSubscriptions) {}

  @Consume(contracts, { name: 'subscriptions', eventsMax })
  handle(events: readonly SubscriptionsEvent[], tx: Transaction): Promise<void> {
    const prices = events.flatMap((event) => (event.name === strategyPriced.name ? [event.data] : []))
    const subscriptions = events.flatMap((event) => (event.name === subscriptionChanged.name ? [event.data] : []))
    return this.learnSubscriptions.execute({ prices, subscriptions }, tx)
  }
}
