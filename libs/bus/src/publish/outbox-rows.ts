/**
 * The SQL of the outbox relay: short statements, each its own transaction (rule R8).
 * Called by OutboxRelay and StoreWatch. Must never hold a row lock while anything is published.
 */
import type { Database } from '@tradewire/database/database'
import type { OutboxRow } from '@tradewire/database/outbox-message'
import type { Transaction } from '@tradewire/database/transaction'

export interface Mark {
  readonly id: string
  readonly store: string
  readonly sequence: number
}

const claimSql = `update outbox o set claimed_until = clock_timestamp() + $2::int * interval '1 millisecond'
from (
  select id from outbox
  where published_at is null and claimed_until <= clock_timestamp()
  order by not starts_with(subject, 'urgent.'), id limit $1 for update skip locked
) due
where o.id = due.id
returning o.id, o.subject, o.body, o.trace, o.event_count as "eventCount", o.split`

/** Takes up to `rows` of them that nobody is publishing: urgent ones first, each class oldest first. */
export async function claimRows(database: Database, rows: number, claimMs: number): Promise<OutboxRow[]> {
  const claimed = await database.query<OutboxRow>(claimSql, [rows, claimMs])
  // RETURNING keeps no order; ids sort by time. What is urgent passes the others in the queue.
  return claimed.sort((left, right) => (left.id < right.id ? -1 : 1))
}

const markSql = `update outbox o set published_at = clock_timestamp(), store = m.store, stream_sequence = m.sequence
from unnest($1::uuid[], $2::text[], $3::bigint[]) as m (id, store, sequence)
where o.id = m.id and o.published_at is null
  and exists (select from bus_store s where s.store = m.store and s.lost_at is null)`

/** Rows whose store is lost meanwhile stay as they are: they are published once more and marked with the next one. */
export async function markPublished(database: Database, marks: readonly Mark[]): Promise<void> {
  await database.query(markSql, [
    marks.map(({ id }) => id),
    marks.map(({ store }) => store),
    marks.map(({ sequence }) => sequence),
  ])
}

/** In the order of the index of what waits: however old the statistics are, no more is read than is counted. */
const waitingSql = `select coalesce(sum(case when split then event_count else 1 end), 0)::int as messages
from (
  select split, event_count from outbox where published_at is null
  order by not starts_with(subject, 'urgent.'), id limit $1
) waiting`

/** Messages of the rows that no relay has marked as published, of this many rows at most. */
export async function countWaiting(database: Database, rows: number): Promise<number> {
  const [waiting] = await database.query<{ messages: number }>(waitingSql, [rows])
  return waiting?.messages ?? 0
}

const releaseSql = `with freed as (
  update outbox set published_at = null, store = null, stream_sequence = null, claimed_until = clock_timestamp()
  where id in (
    select id from outbox where store = $1 and stream_sequence > $2 order by stream_sequence limit $3
    for update skip locked
  )
  returning 1
) select count(*)::int as rows from freed`

/** Makes rows of a lost store that no consumer confirmed publishable again. Answers how many. */
export async function releaseRows(
  database: Database,
  store: string,
  confirmedSequence: string,
  rows: number,
): Promise<number> {
  const [freed] = await database.query<{ rows: number }>(releaseSql, [store, confirmedSequence, rows])
  return freed?.rows ?? 0
}

const releaseMistakenSql = `update outbox
set published_at = null, store = null, stream_sequence = null, claimed_until = clock_timestamp()
where store = $1 and stream_sequence <= $3
  and published_at > $2::timestamptz - $4::int * interval '1 second'`

/** The clocks of NATS and PostgreSQL may differ by this much; rows that are taken for mistaken are sent once more. */
const clocksApartSeconds = 60

/**
 * Makes rows publishable again that the next life of a stream took before anybody noticed: they are marked with the
 * store before it, and by their low sequence they seem confirmed. They are few, so it is one statement.
 */
export async function releaseMistaken(
  tx: Transaction,
  store: string,
  next: { readonly created: string; readonly last: number },
): Promise<void> {
  await tx.query(releaseMistakenSql, [store, next.created, next.last, clocksApartSeconds])
}

const pruneSql = `with gone as (
  delete from outbox where id in (
    select id from outbox
    where store = $1 and stream_sequence <= $2 order by stream_sequence limit $4 for update skip locked
  ) and published_at < clock_timestamp() - $3::int * interval '1 second'
  returning 1
) select count(*)::int as rows from gone`

/** Deletes confirmed rows of a store that are older than the keep time. Answers how many. */
export async function pruneRows(
  database: Database,
  limits: {
    readonly store: string
    readonly confirmedSequence: string
    readonly keepSeconds: number
    readonly rows: number
  },
): Promise<number> {
  const { store, confirmedSequence, keepSeconds, rows } = limits
  const [gone] = await database.query<{ rows: number }>(pruneSql, [store, confirmedSequence, keepSeconds, rows])
  return gone?.rows ?? 0
}

const pruneInboxSql = `with gone as (
  delete from inbox where ctid = any (array(
    select ctid from inbox where received_at < clock_timestamp() - $1::int * interval '1 second' limit $2
  ))
  returning 1
) select count(*)::int as rows from gone`

export async function pruneInbox(database: Database, keepSeconds: number, rows: number): Promise<number> {
  const [gone] = await database.query<{ rows: number }>(pruneInboxSql, [keepSeconds, rows])
  return gone?.rows ?? 0
}
