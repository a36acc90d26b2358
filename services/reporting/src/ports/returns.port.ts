/** What the use cases need of strategies and of what their signals came to. Called by use cases. Must never leak a row. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { strategyChanged } from '@tradewire/contracts/events/signals'
import type { AssetClass, ListedStrategy } from '@tradewire/contracts/rpc/returns'
import type { Transaction } from '@tradewire/database/transaction'
import type { Returns, RiskLevel, SignalOutcome } from '../domain/returns.ts'
import type { Closed } from './ledger.port.ts'

export interface StrategyFilter {
  readonly riskLevel: RiskLevel | undefined
  readonly monthlyReturnPercentMin: string | undefined
  readonly asset: AssetClass | undefined
}

export interface NumberedPage {
  readonly page: number
  readonly perPage: number
}

export abstract class StrategyReturns {
  /** Older news than what is known changes nothing. */
  abstract recordStrategies(
    tx: Transaction,
    strategies: readonly (DataOf<typeof strategyChanged> & { readonly asset: AssetClass })[],
  ): Promise<void>
  /** Adds trades to what their signals came to; others that would add to the same strategies wait until the commit. */
  abstract add(tx: Transaction, trades: readonly Closed[]): Promise<void>
  abstract keep(tx: Transaction, strategyId: string, returns: Returns): Promise<void>
  /** The latest outcomes of a strategy in the order in which they were closed; in the transaction, with what it added. */
  abstract ofStrategy(strategyId: string, tx?: Transaction): Promise<SignalOutcome[]>
  /** The same of one follow; nothing if it is not the user's. */
  abstract ofFollow(followId: string, userId: string | undefined): Promise<SignalOutcome[]>
  abstract find(strategyId: string): Promise<ListedStrategy | undefined>
  /** Active ones, best month first. */
  abstract list(filter: StrategyFilter, page: NumberedPage): Promise<ListedStrategy[]>
  abstract count(filter: StrategyFilter): Promise<number>
}
