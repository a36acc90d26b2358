/** First tables of `brokers`: accounts, attempts, leases, instruments. Called by the migration run. Must never be edited once released. */
import type { Migration } from '@tradewire/database/migrations'
import { ownRows } from '@tradewire/database/own-rows'
import { partitionCount } from '@tradewire/kernel/partition'

export const createBrokers: Migration = {
  name: '001-brokers',
  sql: [
    `create table account (
       id uuid primary key,
       user_id uuid not null,
       venue text not null,
       environment text not null check (environment in ('paper', 'live')),
       label text not null,
       active boolean not null default true,
       key_hint text,
       key_ip_bound boolean,
       key_expires_at timestamptz,
       key_warned_days smallint,
       status text not null check (status in ('AUTHORIZED', 'UNAUTHORIZED', 'FAILED')),
       reason_code text,
       reason_message text,
       partition smallint not null,
       created_at timestamptz not null default now(),
       changed_at timestamptz not null default now(),
       removed_at timestamptz
     )`,
    `create index account_user on account (user_id, id) where removed_at is null`,
    // Its number on the marketplace surface, which therefore is its alone.
    `create unique index account_number on account (right(id::text, 12))`,
    `create index account_partition on account (partition, changed_at)`,

    `create table account_secret (
       account_id uuid primary key references account (id),
       master_version int not null,
       data_key bytea not null,
       fields jsonb not null
     )`,
    `comment on table account_secret is
       'Sealed credentials: one data key per account, itself sealed by the master key of that version.'`,

    `create table account_allowance (
       user_id uuid primary key,
       plan text not null,
       accounts_max int not null,
       ends_at timestamptz,
       revision int not null
     )`,
    `comment on table account_allowance is 'What plans allow. A user without a row may connect any number.'`,
    `create table credentials_key (
       id uuid primary key,
       public_key text not null,
       master_version int not null,
       data_key bytea not null,
       fields jsonb not null,
       created_at timestamptz not null default now()
     )`,
    `comment on table credentials_key is
       'Keys that credentials are sealed with on their way here; the private halves are sealed as the credentials are.'`,

    `create table account_leverage (
       account_id uuid not null references account (id),
       symbol text not null,
       leverage int not null,
       set_at timestamptz not null,
       primary key (account_id, symbol)
     )`,

    `create table attempt (
       intent_id uuid primary key,
       bracket_id uuid not null,
       signal_id uuid not null,
       strategy_id uuid not null,
       account_id uuid not null,
       partition smallint not null,
       generation bigint not null,
       terms text not null,
       client_order_id text not null,
       state text not null
         check (state in ('queued', 'submitting', 'unknown', 'accepted', 'filled', 'cancelled', 'rejected')),
       revision int not null default 0,
       submissions int not null default 0,
       venue_order_id text,
       filled_quantity numeric not null default 0,
       average_price numeric,
       fee numeric,
       fee_currency text,
       executed_at timestamptz,
       reason_code text,
       reason_message text,
       cancel_requested boolean not null default false,
       trace text,
       received_at timestamptz not null default now(),
       sent_at timestamptz,
       answered_at timestamptz,
       updated_at timestamptz not null default now(),
       open boolean not null generated always as (state in ('queued', 'submitting', 'unknown', 'accepted')) stored
     ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000)`,
    `comment on table attempt is 'One row per order intent, stored before anything is sent to the venue.'`,
    `comment on column attempt.terms is
       'What else the command says, as JSON without what is usual. Text: to check it costs more than to store it.'`,
    `comment on column attempt.open is
       'More can happen to the order. The index names this column and not the state, so that an answer changes no index.'`,
    `create index attempt_open on attempt (partition) where open`,

    `create table reconciled_account (
       account_id uuid primary key,
       first_read_at timestamptz not null
     )`,
    `comment on table reconciled_account is 'Accounts whose venue was read once: what stood there then is not ours.'`,
    `create table holding (
       account_id uuid not null,
       symbol text not null,
       own numeric not null,
       external numeric not null,
       counted_until timestamptz not null,
       counted jsonb not null,
       primary key (account_id, symbol)
     )`,
    `comment on table holding is 'Whose a position is: signed quantities of our orders and of others, counted fill by fill.'`,
    `create table drift (
       id uuid primary key,
       account_id uuid not null,
       kind text not null,
       subject text not null,
       symbol text,
       details jsonb not null,
       found_at timestamptz not null,
       resolved_at timestamptz
     )`,
    `create unique index drift_open on drift (account_id, kind, subject) where resolved_at is null`,
    `create index drift_of_account on drift (account_id, id)`,

    `create table partition_lease (
       partition smallint primary key,
       owner uuid,
       generation bigint not null default 0,
       expires_at timestamptz not null default '-infinity'
     )`,
    `insert into partition_lease (partition) select generate_series(0, ${partitionCount - 1})`,
    `create table lease_process (
       owner uuid primary key,
       space text,
       pid int not null,
       started text not null,
       seen_at timestamptz not null
     )`,

    `create table instrument (
       venue text not null,
       environment text not null,
       server text not null,
       symbol text not null,
       details jsonb not null,
       changed_at timestamptz not null default now(),
       seen_at timestamptz not null default now(),
       primary key (venue, environment, server, symbol)
     )`,
    `comment on column instrument.server is
       'Empty where all of a venue and environment has the same; else its stored servers agree in what sizing uses.'`,

    // What the public API reads for one user (ADR 0021). Secrets are granted to nobody.
    ...ownRows({
      byUser: ['account'],
      derived: { drift: 'exists (select from account a where a.id = drift.account_id)' },
    }),
  ],
}
