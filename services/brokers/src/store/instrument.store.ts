/**
 * What is known of the venues' instruments. Called by announce-instruments and agree-instruments.
 * Must never announce what did not change.
 */
import { Injectable } from '@nestjs/common'
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Venue } from '@tradewire/contracts/common'
import type { Transaction } from '@tradewire/database/transaction'
import { type InstrumentSource, Instruments } from '#ports/instruments.port'

/** An account that is being connected at this moment has compared its server, and is not stored yet. */
const unusedSeconds = 3_600

@Injectable()
export class InstrumentStore extends Instruments {
  async save(
    tx: Transaction,
    { venue, server }: InstrumentSource,
    instruments: readonly VenueInstrument[],
  ): Promise<VenueInstrument[]> {
    const rows = await tx.query<{ symbol: string }>(
      `insert into instrument (venue, server, symbol, details)
       select $1, $2, symbol, details from unnest($3::text[], $4::jsonb[]) as i (symbol, details)
       on conflict (venue, server, symbol) do update set details = excluded.details, changed_at = now()
         where instrument.details <> excluded.details
       returning symbol`,
      [venue, server, instruments.map(({ symbol }) => symbol), instruments.map((each) => JSON.stringify(each))],
    )
    const changed = new Set(rows.map(({ symbol }) => symbol))
    return instruments.filter(({ symbol }) => changed.has(symbol))
  }

  async ofServersBeside(tx: Transaction, venue: Venue, servers: readonly string[]): Promise<VenueInstrument[]> {
    await tx.lockNamed(`instruments of ${venue}`)
    await tx.query(
      `delete from instrument
       where venue = $1 and server <> all($2::text[]) and seen_at < now() - make_interval(secs => $3)
         and not exists (select from account where account.venue = $1 and removed_at is null)`,
      [venue, servers, unusedSeconds],
    )
    await tx.query('update instrument set seen_at = now() where venue = $1 and server = any($2::text[])', [
      venue,
      servers,
    ])
    const rows = await tx.query<{ details: VenueInstrument }>(
      `select distinct on (symbol) details from instrument where venue = $1 and server <> all($2::text[]) order by symbol, server`,
      [venue, servers],
    )
    return rows.map(({ details }) => details)
  }
}
