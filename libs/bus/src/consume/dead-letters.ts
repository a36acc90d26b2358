/**
 * Events that a consumer gave up on: kept with their cause, and handled again on an operator's word (rule R5).
 * Called by the batch processor and by the launcher. Must never be deleted silently.
 */
import type { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { IdSource } from '@tradewire/kernel/ids'
import { uuidOfHash } from '@tradewire/kernel/ids'

export interface DeadLetter {
  readonly consumer: string
  /** Null when the message could not be read. */
  readonly eventId: string | null
  readonly subject: string
  /** {"events":[...]} with one event, or the unreadable body as it was. */
  readonly body: string
  readonly trace: string | null
  readonly stream: string
  readonly streamSequence: number
  readonly deliveries: number
  readonly errorClass: string
  readonly errorMessage: string
}

export interface StoredDeadLetter {
  readonly id: string
  readonly consumer: string
  readonly eventId: string | null
  readonly subject: string
  readonly body: string
  readonly deliveries: number
  readonly errorClass: string
  readonly errorMessage: string
  readonly createdAt: Date
  readonly replayedAt: Date | null
}

const messageCharsMax = 2_000
const listRowsMax = 200
const replayRowsMax = 1_000

const insertSql = `insert into dead_letter (id, consumer, event_id, subject, body, trace, stream, stream_sequence,
  deliveries, error_class, error_message)
select id, consumer, event_id, subject, body, trace, stream, stream_sequence, deliveries, error_class, error_message
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
  $9::int[], $10::text[], $11::text[]) as d (id, consumer, event_id, subject, body, trace, stream, stream_sequence,
  deliveries, error_class, error_message)
on conflict (id) do update set replayed_at = null, created_at = now(), deliveries = excluded.deliveries,
  error_class = excluded.error_class, error_message = excluded.error_message`

/** Stores dead letters; the same event of the same consumer always has one row. */
export async function insertDeadLetters(tx: Transaction, letters: readonly DeadLetter[]): Promise<void> {
  const rows = [...new Map(letters.map((letter) => [deadLetterId(letter), letter]))]
  await tx.query(insertSql, [
    rows.map(([id]) => id),
    rows.map(([, { consumer }]) => consumer),
    rows.map(([, { eventId }]) => eventId),
    rows.map(([, { subject }]) => subject),
    // PostgreSQL's text takes no NUL character.
    rows.map(([, { body }]) => body.replaceAll('\0', '\u{fffd}')),
    rows.map(([, { trace }]) => trace),
    rows.map(([, { stream }]) => stream),
    rows.map(([, { streamSequence }]) => streamSequence),
    rows.map(([, { deliveries }]) => deliveries),
    rows.map(([, { errorClass }]) => errorClass),
    rows.map(([, { errorMessage }]) => errorMessage.slice(0, messageCharsMax).replaceAll('\0', '\u{fffd}')),
  ])
}

function deadLetterId({ consumer, eventId, stream, streamSequence, body }: DeadLetter): string {
  return uuidOfHash(`${consumer}|${eventId ?? `${stream}|${streamSequence}|${body}`}`)
}

export interface DeadLetterFilter {
  readonly consumer?: string
  readonly ids?: readonly string[]
}

/** The newest dead letters that wait, at most 200. */
export function listDeadLetters(database: Database, filter: DeadLetterFilter = {}): Promise<StoredDeadLetter[]> {
  return database.query<StoredDeadLetter>(
    `select id, consumer, event_id as "eventId", subject, body, deliveries, error_class as "errorClass",
       error_message as "errorMessage", created_at as "createdAt", replayed_at as "replayedAt"
     from dead_letter
     where replayed_at is null and ($1::text is null or consumer = $1) and ($2::uuid[] is null or id = any ($2))
     order by created_at desc limit $3`,
    [filter.consumer ?? null, filter.ids ?? null, listRowsMax],
  )
}

/**
 * Sends dead letters once more through the outbox, each to the consumer that gave it up, with its own event id.
 * At most 1,000 a call; answers how many. Unreadable bodies are left where they are.
 */
export async function replayDeadLetters(
  database: Database,
  ids: IdSource,
  filter: DeadLetterFilter = {},
): Promise<number> {
  return database.transact(async (tx) => {
    const rows = await tx.query<ReplayRow>(
      `update dead_letter set replayed_at = now() where id in (
         select id from dead_letter
         where replayed_at is null and event_id is not null
           and ($1::text is null or consumer = $1) and ($2::uuid[] is null or id = any ($2))
         order by created_at limit $3 for update skip locked)
       returning consumer, subject, body, trace`,
      [filter.consumer ?? null, filter.ids ?? null, replayRowsMax],
    )
    await tx.query(
      `insert into outbox (id, subject, body, event_count, trace, claimed_until)
       select id, subject, body, 1, trace, now()
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as m (id, subject, body, trace)`,
      [
        rows.map(() => ids.next()),
        rows.map(({ subject }) => subject),
        rows.map(({ body, consumer }) => addressed(body, consumer)),
        rows.map(({ trace }) => trace),
      ],
    )
    return rows.length
  })
}

interface ReplayRow {
  readonly consumer: string
  readonly subject: string
  readonly body: string
  readonly trace: string | null
}

/** Others have handled the event, and remember perhaps only the message that brought it. */
function addressed(body: string, consumer: string): string {
  return JSON.stringify({ ...(JSON.parse(body) as object), consumer })
}
