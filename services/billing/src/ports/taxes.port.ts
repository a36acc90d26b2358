/** What tax holds for whom, and what is said of taxes. Called when something is priced. Must never answer for a sale that was made before. */
import type { Transaction } from '@tradewire/database/transaction'
import type { TaxTerms } from '../domain/money/tax.ts'

/** The calculator: whatever decides taxes stands behind it. */
export abstract class TaxCalculator {
  /** What holds for what this user buys now; null for no tax. */
  abstract termsFor(userId: string): Promise<TaxTerms | null>
}

export abstract class TaxRates {
  abstract all(): Promise<TaxTerms[]>
  abstract replaceAll(tx: Transaction, rates: readonly TaxTerms[]): Promise<void>
}
