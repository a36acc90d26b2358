/** Hears who follows what. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import { followChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { LearnFollows } from '../../use-cases/learn-follows/learn-follows.use-case.ts'

/** Events taken in by one transaction at most. */
const eventsMax = 1_000

@Controller()
export class FollowsConsumer {
  constructor(private readonly learnFollows: LearnFollows) {}

  @Consume([followChanged], { name: 'follows', eventsMax })
  handle(events: readonly EventOf<typeof followChanged>[], tx: Transaction): Promise<void> {
    return this.learnFollows.execute(events, tx)
  }
}
