/** The prices that accounts see at their venue. Called by the use case that watches them. Must never make one up. */
import type { Decimal } from '@tradewire/kernel/decimal'

export abstract class VenuePrices {
  /** By symbol, what was last paid; what is not known is left out, and so is all of a feed that cannot be asked. */
  abstract of(priceFeed: string, symbols: readonly string[]): Promise<ReadonlyMap<string, Decimal>>
}
