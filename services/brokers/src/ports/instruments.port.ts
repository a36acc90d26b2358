/** What is known of the venues' instruments, by environment. Implemented in store/. Must never announce what did not change. */
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Transaction } from '@tradewire/database/transaction'
import type { Place } from '#domain/account/account'

/** Who told a list. The server is empty where all of the place have the same. */
export interface InstrumentSource extends Place {
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
   * What the place's servers beside these have, one of each symbol. Until the transaction ends no other server is compared.
   * Servers are forgotten when the place has no account and nobody came from them for an hour.
   */
  abstract ofServersBeside(tx: Transaction, place: Place, servers: readonly string[]): Promise<VenueInstrument[]>
}
