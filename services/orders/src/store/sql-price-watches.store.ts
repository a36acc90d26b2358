/**
 * Trails and what hangs on them in PostgreSQL: small tables beside the brackets, empty where nothing is emulated.
 * Called through the PriceWatches port. Must never be written but with the bracket whose leg it is.
 */
import { Injectable } from '@nestjs/common'
import type { AccountEnvironment, Side, Venue } from '@tradewire/contracts/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import { lowestId } from '@tradewire/kernel/ids'
import type { Bracket } from '../domain/bracket/bracket.ts'
import { isBlind, isWatching, type Leg } from '../domain/bracket/leg.ts'
import type { BracketChange } from '../ports/brackets.port.ts'
import { type KnownTrail, PriceWatches, type WatchedLeg, type WatchedLegsQuery } from '../ports/price-watches.port.ts'
import { Columns, plain, text } from './columns.mapper.ts'

interface Begun {
  readonly bracket: Bracket
  readonly leg: Leg
}

const begun = new Columns<Begun>([
  plain('bracket_id', 'uuid', ({ bracket }) => bracket.bracketId),
  plain('leg', 'text', ({ leg }) => leg.leg),
  plain('signal_id', 'uuid', ({ bracket }) => bracket.signalId),
  plain('venue', 'text', ({ bracket }) => bracket.venue),
  plain('environment', 'text', ({ bracket }) => bracket.environment),
  text('symbol', 'text', ({ bracket }) => bracket.symbol),
  plain('side', 'text', ({ leg }) => leg.side),
  plain('activation', 'numeric', ({ leg }) => leg.triggerPrice?.toString() ?? null),
  plain('callback_rate_percent', 'numeric', ({ leg }) => leg.callbackRatePercent?.toString() ?? null),
])

/** All of a signal in one environment share the trail to a price that none has moved yet; who comes later begins another. */
const beginSql = `with wanted as (
  select u.* from ${begun.unnest('u')}
), made as (
  insert into trail (signal_id, venue, environment, symbol, side, activation, callback_rate_percent)
  select distinct w.signal_id, w.venue, w.environment, w.symbol, w.side, w.activation, w.callback_rate_percent
  from wanted w
  where not exists (
    select 1 from trail t where t.signal_id = w.signal_id and t.environment = w.environment and t.best is null
      and t.activation = w.activation and t.callback_rate_percent is not distinct from w.callback_rate_percent
  )
  returning trail_id, signal_id, environment, activation, callback_rate_percent
), resting as (
  select trail_id, signal_id, environment, activation, callback_rate_percent from made
  union all
  select min(t.trail_id), t.signal_id, t.environment, t.activation, t.callback_rate_percent from trail t
  where t.best is null and (t.signal_id, t.environment) in (select signal_id, environment from wanted) group by 2, 3, 4, 5
)
insert into watched_leg (bracket_id, leg, trail_id, blind)
select w.bracket_id, w.leg, r.trail_id, false
from wanted w join resting r on r.signal_id = w.signal_id and r.environment = w.environment
  and r.activation = w.activation and r.callback_rate_percent is not distinct from w.callback_rate_percent
on conflict (bracket_id, leg) do nothing`

const endSql = `delete from watched_leg w using unnest($1::uuid[], $2::text[]) as e (bracket_id, leg)
where w.bracket_id = e.bracket_id and w.leg = e.leg`

const blindSql = `update watched_leg w set blind = b.blind
from unnest($1::uuid[], $2::text[], $3::boolean[]) as b (bracket_id, leg, blind)
where w.bracket_id = b.bracket_id and w.leg = b.leg`

const trailsSql = `select t.trail_id, t.venue, t.environment, t.symbol, t.side, t.activation, t.callback_rate_percent, t.best, t.fired_at,
  t.fired_price, t.seen_at,
  exists (select 1 from watched_leg w where w.trail_id = t.trail_id and not w.blind) as sighted,
  exists (select 1 from watched_leg w where w.trail_id = t.trail_id and w.blind) as blind
from trail t order by t.trail_id`

const moveSql = `update trail t set
  best = case when t.side = 'sell' then greatest(t.best, m.best) else least(t.best, m.best) end,
  fired_at = coalesce(t.fired_at, m.fired_at), fired_price = coalesce(t.fired_price, m.fired_price),
  seen_at = greatest(t.seen_at, m.seen_at)
from unnest($1::bigint[], $2::numeric[], $3::timestamptz[], $4::numeric[], $5::timestamptz[])
  as m (trail_id, best, fired_at, fired_price, seen_at)
where t.trail_id = m.trail_id`

const legsSql = `select bracket_id, leg from watched_leg where trail_id = $1 and ($2::boolean is null or blind = $2)
  and bracket_id > $3 order by bracket_id limit $4`

/** One that a bracket is just beginning to hang on is locked by that, and left alone. */
const dropSql = `delete from trail where trail_id in (
  select t.trail_id from trail t where t.trail_id = any ($1::bigint[]) for update skip locked
) and not exists (select 1 from watched_leg w where w.trail_id = trail.trail_id)`

interface TrailRow {
  readonly trail_id: string
  readonly venue: Venue
  readonly environment: AccountEnvironment
  readonly symbol: string
  readonly side: Side
  readonly activation: string
  readonly callback_rate_percent: string | null
  readonly best: string | null
  readonly fired_at: Date | null
  readonly fired_price: string | null
  readonly seen_at: Date
  readonly sighted: boolean
  readonly blind: boolean
}

@Injectable()
export class SqlPriceWatches extends PriceWatches {
  constructor(private readonly database: Database) {
    super()
  }

  async keep(tx: Transaction, changes: readonly Pick<BracketChange, 'before' | 'after'>[]): Promise<void> {
    const touched = changes.filter(({ before, after }) => isWatched(before) || isWatched(after))
    if (touched.length === 0) return
    const begins: Begun[] = []
    const ends: Begun[] = []
    const turns: Begun[] = []
    for (const { before, after } of touched) {
      const was = new Map(before.legs.filter(isWatching).map((leg) => [leg.leg, leg]))
      for (const leg of after.legs.filter(isWatching)) {
        const known = was.get(leg.leg)
        was.delete(leg.leg)
        if (known === undefined) begins.push({ bracket: after, leg })
        else if (isBlind(known) !== isBlind(leg)) turns.push({ bracket: after, leg })
      }
      for (const leg of was.values()) ends.push({ bracket: after, leg })
    }
    if (begins.length > 0) await tx.query(beginSql, begun.parameters(begins))
    if (ends.length > 0) await tx.query(endSql, namesOf(ends))
    if (turns.length > 0) await tx.query(blindSql, [...namesOf(turns), turns.map(({ leg }) => isBlind(leg))])
  }

  async trails(): Promise<KnownTrail[]> {
    return (await this.database.query<TrailRow>(trailsSql)).map(toTrail)
  }

  async move(trails: readonly KnownTrail[]): Promise<void> {
    await this.database.query(moveSql, [
      trails.map(({ trailId }) => trailId),
      trails.map(({ best }) => best?.toString() ?? null),
      trails.map(({ fired }) => fired?.at ?? null),
      trails.map(({ fired }) => fired?.price.toString() ?? null),
      trails.map(({ seenAt }) => seenAt),
    ])
  }

  async legsOf({ trailId, blind, after, limit }: WatchedLegsQuery): Promise<WatchedLeg[]> {
    const parameters = [trailId, blind, after ?? lowestId, limit]
    const rows = await this.database.query<{ bracket_id: string; leg: string }>(legsSql, parameters)
    return rows.map(({ bracket_id: bracketId, leg }) => ({ bracketId, leg }))
  }

  async drop(trailIds: readonly string[]): Promise<void> {
    await this.database.query(dropSql, [trailIds])
  }
}

function isWatched({ legs }: Bracket): boolean {
  return legs.some(isWatching)
}

function namesOf(all: readonly Begun[]): [string[], string[]] {
  return [all.map(({ bracket }) => bracket.bracketId), all.map(({ leg }) => leg.leg)]
}

function toTrail(row: TrailRow): KnownTrail {
  const { fired_at: at, fired_price: price } = row
  return {
    trailId: row.trail_id,
    venue: row.venue,
    environment: row.environment,
    symbol: row.symbol,
    side: row.side,
    activation: decimal(row.activation),
    callbackRatePercent: row.callback_rate_percent === null ? null : decimal(row.callback_rate_percent),
    best: row.best === null ? null : decimal(row.best),
    fired: at === null || price === null ? null : { at: at.toISOString(), price: decimal(price) },
    seenAt: row.seen_at.toISOString(),
    sighted: row.sighted,
    blind: row.blind,
  }
}
