/** What is known of the venues' instruments. Implemented in store/. Must never announce what did not change. */
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Venue } from '@tradewire/contracts/common'
import type { Transaction } from '@tradewire/database/transaction'

/** Who told a list. The server is empty where the whole venue has the same. */
export interface InstrumentSource {
  readonly venue: Venue
  readonly server: string
}

export abstract class Instruments {
  /** Stores them; answers those that are new or different. */
  abstract save(
    tx: Transaction,
    source: InstrumentSource,
    instruments: readonly VenueInstrument[],
  ): Promise<VenueInstrument[]>
  /**
   * What the venue's servers beside these have, one of each symbol. Until the transaction ends no other server is compared.
   * Servers are forgotten when the venue has no account and nobody came from them for an hour.
   */
  abstract ofServersBeside(tx: Transaction, venue: Venue, servers: readonly string[]): Promise<VenueInstrument[]>
}
