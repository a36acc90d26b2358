/** Remembers which strategies there are. Called for strategy.changed. Must never go back to older news. */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { strategyChanged } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { assetOf } from '../../domain/asset.ts'
import { StrategyReturns } from '../../ports/returns.port.ts'

@Injectable()
export class RecordStrategies {
  constructor(private readonly returns: StrategyReturns) {}

  execute(events: readonly EventOf<typeof strategyChanged>[], tx: Transaction): Promise<void> {
    const strategies = events.map(({ data }) => ({ ...data, asset: assetOf(data.venue, data.symbol) }))
    return this.returns.recordStrategies(tx, strategies)
  }
}
