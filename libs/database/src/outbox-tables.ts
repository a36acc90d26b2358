/**
 * The tables that every service's schema has: outbox, inbox, dead letters and what is known of the bus's store.
 * Called by runMigrations, before the service's own migrations. Must never be edited once released: add to the list.
 */

export const outboxMigrations: readonly { readonly name: string; readonly sql: readonly string[] }[] = [
  {
    name: '001-outbox-inbox-dead-letter',
    sql: [
      `create table outbox (
         id uuid primary key,
         subject text not null,
         body text storage external not null,
         event_count int not null,
         split boolean not null default false,
         trace text,
         created_at timestamptz not null default now(),
         claimed_until timestamptz not null,
         published_at timestamptz,
         store text,
         stream_sequence bigint
       ) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
               autovacuum_vacuum_cost_delay = 0, fillfactor = 80)`,
      `comment on column outbox.body is
         'Stored as it is: compressing a batch costs more than all the rest of its insert, and it is gone in a day.'`,
      `comment on column outbox.split is 'Each of its events travels in a message of its own; else all of them in one.'`,
      `comment on column outbox.stream_sequence is 'Of the last of its messages.'`,
      `comment on column outbox.claimed_until is 'Until then one relay has the row; afterwards any relay may publish it.'`,
      `comment on column outbox.store is 'Which life of which stream took the message; see bus_store.'`,
      `create index outbox_pending on outbox ((not starts_with(subject, 'urgent.')), id) where published_at is null`,
      `create index outbox_published on outbox (store, stream_sequence) where store is not null`,

      `create table inbox (
         consumer text not null,
         id uuid not null,
         apart boolean not null default false,
         received_at timestamptz not null default now(),
         primary key (consumer, id)
       ) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000)`,
      `comment on column inbox.id is 'Of a message that has had its effect, or of an event of a message that was taken apart.'`,
      `comment on column inbox.apart is 'The message was taken apart: its events are remembered one by one.'`,
      // Rows arrive in the order of time, so a block-range index is enough to find the old ones.
      `create index inbox_received on inbox using brin (received_at)`,

      `create table idempotent_request (
         id uuid primary key,
         body uuid not null,
         reply text,
         generation int not null default 0,
         claimed_until timestamptz not null,
         begun_at timestamptz not null default now()
       )`,
      `comment on table idempotent_request is 'What was answered to requests that carry an idempotency key.'`,
      `comment on column idempotent_request.body is 'A digest of all that was sent: another one under the same key is a mistake.'`,
      `create index idempotent_request_begun on idempotent_request using brin (begun_at)`,

      `create table dead_letter (
         id uuid primary key,
         consumer text not null,
         event_id uuid,
         subject text not null,
         body text not null,
         trace text,
         stream text not null,
         stream_sequence bigint not null,
         deliveries int not null,
         error_class text not null,
         error_message text not null,
         created_at timestamptz not null default now(),
         replayed_at timestamptz
       )`,
      `create index dead_letter_waiting on dead_letter (consumer, created_at) where replayed_at is null`,

      `create table bus_store (
         store text primary key,
         stream text not null,
         generation int not null,
         created_at text not null,
         confirmed_sequence bigint not null default 0,
         consumers jsonb not null default '{}',
         lost_at timestamptz,
         unique (stream, generation)
       )`,
      `comment on table bus_store is
         'One row for each life of a stream: the current one has no lost_at. Sequences count within one life.'`,
    ],
  },
]
