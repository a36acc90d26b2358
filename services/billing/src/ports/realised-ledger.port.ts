/** What the trades of a user with a strategy came to, as reporting's ledger has it. Called when a period closes. Must never answer a part of it as the whole. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { Result } from '@tradewire/kernel/result'
import type { FeeLine } from '../domain/fees/fee.ts'

export interface RealisedTrade extends FeeLine {
  readonly currency: string
}

export interface Realised {
  readonly trades: readonly RealisedTrade[]
  /** By currency; those that nothing is known of are absent. */
  readonly dollarRates: ReadonlyMap<string, Decimal>
}

export abstract class RealisedLedger {
  abstract of(asked: {
    readonly userId: string
    readonly strategyId: string
    readonly from: Date
    readonly before: Date
  }): Promise<Result<Realised, CodedError>>
}
