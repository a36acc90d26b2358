/** How many signals of a strategy were planned lately. Implemented in store/. Must never read more rows than it is asked about. */
import type { Transaction } from '@tradewire/database/transaction'
import type { SignalRate } from '../domain/stopping/signal-rate.ts'
import type { Signal } from '../domain/planning/signal-plan.ts'

export interface SourceRate extends SignalRate {
  readonly ownerId: string
  /** Whether its alerts are refused already. */
  readonly paused: boolean
}

export abstract class SignalRates {
  /** The exact figures, this signal included. A minute that was paused for counts anew after the release. */
  abstract of(tx: Transaction, signal: Signal): Promise<SourceRate | undefined>
}
