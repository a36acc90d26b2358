/**
 * What is known of the venues' instruments. Called by announce-instruments. Must never announce what did not change.
 */
import { Injectable } from '@nestjs/common'
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Venue } from '@tradewire/contracts/common'
import type { Transaction } from '@tradewire/database/transaction'
import { Instruments } from '#ports/instruments.port'

@Injectable()
export class InstrumentStore extends Instruments {
  async save(tx: Transaction, venue: Venue, instruments: readonly VenueInstrument[]): Promise<VenueInstrument[]> {
    const rows = await tx.query<{ symbol: string }>(
      `insert into instrument (venue, symbol, details)
       select $1, symbol, details from unnest($2::text[], $3::jsonb[]) as i (symbol, details)
       on conflict (venue, symbol) do update set details = excluded.details, changed_at = now()
         where instrument.details <> excluded.details
       returning symbol`,
      [venue, instruments.map(({ symbol }) => symbol), instruments.map((each) => JSON.stringify(each))],
    )
    const changed = new Set(rows.map(({ symbol }) => symbol))
    return instruments.filter(({ symbol }) => changed.has(symbol))
  }
}
