/** Writes closed trades into the ledger and their strategies' figures. Called for trade.closed. Must never change an entry once written. */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { tradeClosed } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { returnsOf } from '../../domain/returns.ts'
import { Ledger } from '../../ports/ledger.port.ts'
import { StrategyReturns } from '../../ports/returns.port.ts'

@Injectable()
export class RecordClosedTrades {
  constructor(
    private readonly ledger: Ledger,
    private readonly returns: StrategyReturns,
  ) {}

  async execute(events: readonly EventOf<typeof tradeClosed>[], tx: Transaction): Promise<void> {
    // One may have been told twice since the last time that anything was taken.
    const trades = [...new Map(events.map(({ data }) => [data.tradeId, data])).values()]
    const entered = await this.ledger.recordClosed(tx, trades)
    const added = trades.filter(({ tradeId }) => entered.has(tradeId))
    if (added.length === 0) return
    await this.returns.add(tx, added)
    for (const strategyId of new Set(added.map((trade) => trade.strategyId))) {
      await this.returns.keep(tx, strategyId, returnsOf(await this.returns.ofStrategy(strategyId, tx)))
    }
  }
}
