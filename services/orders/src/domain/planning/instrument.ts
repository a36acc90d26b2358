/**
 * What may be traded and in which steps, as the planner needs it.
 * Called by the planner and, from a signal's stored plan, by brackets. Must never hold a venue's own words.
 */
import type { AccountEnvironment } from '@tradewire/contracts/common'
import type { TradingWindow } from '@tradewire/contracts/trade-settings'
import type { Decimal } from '@tradewire/kernel/decimal'

export interface Instrument {
  readonly kind: 'spot' | 'perpetual'
  readonly base: string
  readonly quote: string
  readonly active: boolean
  readonly priceStep: Decimal
  readonly quantityStep: Decimal
  readonly minimumQuantity: Decimal
  readonly maximumQuantity: Decimal
  readonly minimumNotional: Decimal
  readonly contractSize: Decimal
  /** When the venue trades it; null: always. */
  readonly tradingHours: readonly TradingWindow[] | null
}

/** One symbol at one venue: each environment has terms of its own. Those that nothing is known of are left out. */
export type Instruments = Readonly<Partial<Record<AccountEnvironment, Instrument>>>

/** What the symbol is paid in. */
export function quotesOf({ paper, live }: Instruments): Partial<Record<AccountEnvironment, string>> {
  return { ...(paper && { paper: paper.quote }), ...(live && { live: live.quote }) }
}
