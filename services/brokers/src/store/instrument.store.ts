/**
 * What is known of the venues' instruments, by environment. Called by announce-instruments and agree-instruments.
 * Must never announce what did not change.
 */
import { Injectable } from '@nestjs/common'
import type { VenueInstrument } from '@tradewire/broker-kit/broker-session'
import type { Transaction } from '@tradewire/database/transaction'
import { type Place, placeName } from '#domain/account/account'
import { type InstrumentSource, Instruments } from '#ports/instruments.port'

/** An account that is being connected at this moment has compared its server, and is not stored yet. */
const unusedSeconds = 3_600

@Injectable()
export class InstrumentStore extends Instruments {
  async save(
    tx: Transaction,
    { venue, environment, server }: InstrumentSource,
    instruments: readonly VenueInstrument[],
  ): Promise<VenueInstrument[]> {
    const rows = await tx.query<{ symbol: string }>(
      `insert into instrument (venue, environment, server, symbol, details)
       select $1, $2, $3, symbol, details from unnest($4::text[], $5::jsonb[]) as i (symbol, details)
       on conflict (venue, environment, server, symbol) do update set details = excluded.details, changed_at = now()
         where instrument.details <> excluded.details
       returning symbol`,
      [
        venue,
        environment,
        server,
        instruments.map(({ symbol }) => symbol),
        instruments.map((each) => JSON.stringify(each)),
      ],
    )
    const changed = new Set(rows.map(({ symbol }) => symbol))
    return instruments.filter(({ symbol }) => changed.has(symbol))
  }

  async ofServersBeside(tx: Transaction, place: Place, servers: readonly string[]): Promise<VenueInstrument[]> {
    const { venue, environment } = place
    await tx.lockNamed(`instruments of ${placeName(place)}`)
    await tx.query(
      `delete from instrument
       where venue = $1 and environment = $2 and server <> all($3::text[]) and seen_at < now() - make_interval(secs => $4)
         and not exists (
           select from account where account.venue = $1 and account.environment = $2 and removed_at is null
         )`,
      [venue, environment, servers, unusedSeconds],
    )
    await tx.query(
      'update instrument set seen_at = now() where venue = $1 and environment = $2 and server = any($3::text[])',
      [venue, environment, servers],
    )
    const rows = await tx.query<{ details: VenueInstrument }>(
      `select distinct on (symbol) details from instrument
       where venue = $1 and environment = $2 and server <> all($3::text[]) order by symbol, server`,
      [venue, environment, servers],
    )
    return rows.map(({ details }) => details)
  }
}
