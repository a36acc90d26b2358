/** Hears of users and strategies. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { Transaction } from '@tradewire/database/transaction'
import { factEvents, LearnFacts } from '../../use-cases/learn-facts/learn-facts.use-case.ts'

/** Events taken in by one transaction at most. */
const eventsMax = 200

@Controller()
export class FactsConsumer {
  constructor(private readonly learnFacts: LearnFacts) {}

  @Consume(factEvents, { name: 'facts', eventsMax })
  handle(events: readonly EventOf<(typeof factEvents)[number]>[], tx: Transaction): Promise<void> {
    return this.learnFacts.execute(events, tx)
  }
}
