/** The prices that accounts see at their venue. Called by the use case that watches them. Must never make one up. */
import type { AccountEnvironment, Venue } from '@tradewire/contracts/common'
import type { Decimal } from '@tradewire/kernel/decimal'

/** Accounts of one venue and environment see the same prices. */
export interface PricePlace {
  readonly venue: Venue
  readonly environment: AccountEnvironment
}

export abstract class VenuePrices {
  /** By symbol, what was last paid; what is not known is left out, and so is all of a place that cannot be asked. */
  abstract of(place: PricePlace, symbols: readonly string[]): Promise<ReadonlyMap<string, Decimal>>
}
