/** What is known of the venues' instruments. Implemented in store/. Must never announce what did not change. */
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Venue } from '@tradewire/contracts/common'
import type { Transaction } from '@tradewire/database/transaction'

export abstract class Instruments {
  /** Stores them; answers those that are new or different. */
  abstract save(tx: Transaction, venue: Venue, instruments: readonly VenueInstrument[]): Promise<VenueInstrument[]>
}
