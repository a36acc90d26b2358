/** Hears of strategies. Called by the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Consume } from '@tradewire/bus/decorators'
import type { EventOf } from '@tradewire/contracts/define-event'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { RecordStrategies } from '../../use-cases/record-strategies/record-strategies.use-case.ts'

@Controller()
export class StrategiesConsumer {
  constructor(private readonly recordStrategies: RecordStrategies) {}

  @Consume(strategyChanged, { name: 'strategies' })
  changed(events: readonly EventOf<typeof strategyChanged>[], tx: Transaction): Promise<void> {
    return this.recordStrategies.execute(events, tx)
  }
}
