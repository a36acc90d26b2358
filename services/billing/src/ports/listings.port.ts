/** What is sold, and whether providers that keep a catalogue have it as it is now. Called by the use case that lists. Must never call listed what has changed since. */
import type { Listing } from './payment-provider.port.ts'

export interface SoldListing extends Listing {
  /** Another one whenever anything of it is said anew. */
  readonly version: string
}

export abstract class Listings {
  /** Also what was sold once and is not any more. */
  abstract find(which: 'changed' | 'all'): Promise<SoldListing[]>
  /** Has to be listed once more when it was said anew since. `priceId` is that of the provider. */
  abstract markListed(listed: SoldListing, priceId: string | null): Promise<void>
}
