/**
 * An INSERT and the event of each row that it inserts as one statement: a transaction of its own, in one round trip.
 * Made by stores of hot paths, run by Database.insertTold. Must never tell of a row that was not inserted.
 */
import type { DataOf, EventContract } from '@tradewire/contracts/define-event'
import { eventSeparator, messageEnd, plainStart } from '@tradewire/contracts/event-message'
import { eventsText, type OutboxBuffer, type OutboxRow } from './outbox-message.ts'

/** A row that may be inserted, by its id, and what is told of it then. */
export interface Told<Contract extends EventContract> {
  readonly id: string
  readonly data: DataOf<Contract>
  /** The traceparent that the event belongs to. */
  readonly trace: string | null
}

export class ToldInsert<Contract extends EventContract> {
  /** Takes the parameters of the INSERT, then those of `parametersOf`; answers the ids of what was inserted. */
  readonly sql: string
  private readonly contract: Contract

  /** The INSERT returns a column `id`, by which its rows are known; its events travel singly. */
  constructor(contract: Contract, insertSql: string, insertParameters: number) {
    if (contract.delivery !== 'single') throw new Error(`${contract.name} is batched: its events change their order`)
    this.contract = contract
    this.sql = sqlOf(insertSql, insertParameters)
  }

  /** The rows of the outbox as they are if all is inserted, with the events in the order of `all`. */
  pack(outbox: OutboxBuffer, all: readonly Told<Contract>[]): OutboxRow[] {
    for (const { data, trace } of all) outbox.append(this.contract, [data], trace)
    return outbox.take()
  }

  parametersOf(all: readonly Told<Contract>[], rows: readonly OutboxRow[], claimMs: number): unknown[] {
    return [
      `{${all.map(({ id }) => id).join()}}`,
      `{${rows.flatMap(({ eventCount }, index) => Array.from({ length: eventCount }, () => index + 1)).join()}}`,
      rows.map(({ body }) => eventsText(body)).join(eventSeparator),
      rows.map(({ id }) => id),
      rows.map(({ subject }) => subject),
      rows.map(({ split }) => split),
      rows.map(({ trace }) => trace),
      claimMs,
    ]
  }

  /** What the statement has written, given what it inserted. */
  written(all: readonly Told<Contract>[], rows: readonly OutboxRow[], inserted: ReadonlySet<string>): OutboxRow[] {
    if (inserted.size === all.length) return [...rows]
    let next = 0
    return rows.flatMap((row) => {
      const events = eventsText(row.body)
        .split(eventSeparator)
        .filter(() => inserted.has(all[next++]!.id))
      if (events.length === 0) return []
      return [{ ...row, body: plainStart + events.join(eventSeparator) + messageEnd, eventCount: events.length }]
    })
  }
}

function sqlOf(insertSql: string, before: number): string {
  const [ids, places, events, rowIds, subjects, splits, traces, claimMs] = Array.from(
    { length: 8 },
    (_, index) => `$${before + index + 1}`,
  )
  return `with stored as (${insertSql}),
told as (
  select row, count(*)::int as events,
    '${plainStart}' || string_agg(event, E',\\n' order by place) || '${messageEnd}' as body
  from unnest(${ids}::uuid[], ${places}::int[], string_to_array(${events}::text, E',\\n')) with ordinality
    as all_told (id, row, event, place)
  join stored on stored.id = all_told.id
  group by row),
sent as (
  insert into outbox (id, subject, body, event_count, split, trace, claimed_until)
  select id, subject, body, events, split, trace, clock_timestamp() + ${claimMs}::int * interval '1 millisecond'
  from told
  join unnest(${rowIds}::uuid[], ${subjects}::text[], ${splits}::bool[], ${traces}::text[]) with ordinality
    as packed (id, subject, split, trace, row) using (row))
select id from stored`
}
