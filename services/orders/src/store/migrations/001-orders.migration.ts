/** The tables of `orders`. Called by runMigrations. Must never be edited once released: add the next one. */
import type { Migration } from '@tradewire/database/migrations'
import { ownerSql, ownRows } from '@tradewire/database/own-rows'

export const createOrders: Migration = {
  name: '001-orders',
  sql: [
    // What others own and planning needs: this service's own copy, fed by their events.
    `create table strategy (
       strategy_id uuid primary key,
       owner_id uuid not null,
       name text not null,
       venue text not null,
       symbol text not null,
       active boolean not null,
       settings text,
       provider_account_id uuid,
       revision int not null
     )`,
    `create index strategy_owner on strategy (owner_id)`,
    `create table follow (
       follow_id uuid primary key,
       strategy_id uuid not null,
       account_id uuid not null,
       account_partition smallint not null,
       user_id uuid not null,
       risk_profile_id uuid not null,
       risk_percent numeric not null,
       leverage int not null,
       max_notional numeric,
       active boolean not null,
       profile_settings text,
       settings text,
       revision int not null
     )`,
    `create index follow_of_strategy on follow (strategy_id, account_partition, account_id, follow_id) where active`,
    `comment on column follow.account_partition is 'Of the commands to brokers: a chunk of followers in this order fills few messages.'`,
    `create table layer_settings (
       scope text not null,
       scope_id uuid,
       settings text not null,
       revision int not null,
       unique nulls not distinct (scope, scope_id)
     )`,
    `comment on table layer_settings is 'What holds for everyone (platform, without id) and for accounts.'`,
    `create index follow_of_account on follow (account_id)`,
    `create table account (
       account_id uuid primary key,
       user_id uuid not null,
       venue text not null,
       environment text not null,
       label text not null,
       connected boolean not null,
       disconnected_by text,
       changed_at timestamptz not null,
       active boolean not null default true,
       active_changed_at timestamptz not null default '-infinity'
     )`,
    `create index account_of_user on account (user_id)`,
    `create table balance (
       account_id uuid not null,
       currency text not null,
       total numeric not null,
       free numeric not null,
       equity numeric not null,
       observed_at timestamptz not null,
       primary key (account_id, currency)
     ) with (fillfactor = 80)`,
    `create table entitlement (
       user_id uuid primary key,
       plan text not null,
       ends_at timestamptz,
       max_positions int,
       max_balance numeric,
       strategy_automated boolean not null,
       revision int not null
     )`,
    `comment on table entitlement is 'What plans allow. A user without a row has no limits.'`,
    `create table strategy_sale (
       strategy_id uuid primary key,
       sold boolean not null,
       revision int not null
     )`,
    `comment on table strategy_sale is 'Whether a strategy costs something. One without a row costs nothing.'`,
    `create table strategy_subscription (
       subscription_id uuid primary key,
       user_id uuid not null,
       strategy_id uuid not null,
       served_until timestamptz,
       revision int not null
     )`,
    `create index strategy_subscription_of on strategy_subscription (strategy_id, user_id) include (served_until)`,
    `create table instrument (
       venue text not null,
       environment text not null,
       symbol text not null,
       kind text not null,
       base text not null,
       quote text not null,
       active boolean not null,
       price_step numeric not null,
       quantity_step numeric not null,
       minimum_quantity numeric not null,
       maximum_quantity numeric not null,
       minimum_notional numeric not null,
       contract_size numeric not null,
       trading_hours text,
       observed_at timestamptz not null,
       primary key (venue, symbol, environment)
     )`,

    `create table rate (
       venue text not null,
       environment text not null,
       symbol text not null,
       price numeric not null,
       observed_at timestamptz not null,
       primary key (venue, symbol, environment)
     ) with (fillfactor = 70)`,
    `comment on table rate is 'Few: the symbols that join two currencies in which a venue quotes.'`,

    // What brackets of one signal share, stored once; never changed afterwards.
    `create table signal_plan (
       signal_id uuid primary key,
       strategy_id uuid not null,
       signal jsonb not null,
       strategy_name text,
       plans jsonb,
       denial jsonb,
       received_at timestamptz not null,
       planned_at timestamptz not null
     )`,
    `create index signal_plan_of_strategy on signal_plan (strategy_id, received_at) where denial is null`,
    `create index signal_plan_refused on signal_plan (signal_id) where denial is not null`,
    `comment on column signal_plan.plans is
       'Instrument and prices by environment: the same signal is sized on each by its own terms. Without those that refuse it.'`,
    `comment on column signal_plan.denial is 'Why nobody got an order of this signal; null when followers were looked at.'`,

    `create table bracket (
       bracket_id uuid primary key,
       signal_id uuid not null,
       strategy_id uuid not null,
       follow_id uuid not null,
       account_id uuid not null,
       user_id uuid not null,
       venue text not null,
       environment text,
       symbol text not null,
       side text not null,
       holds_slot boolean not null,
       quantity numeric,
       leverage int,
       exit_rules text,
       margin numeric,
       rate numeric,
       denial_code text,
       denial_context json,
       failure jsonb,
       close_cause text,
       close_requested_at timestamptz,
       gone_quantity numeric not null default 0,
       losses jsonb not null default '[]',
       filled_quantity numeric not null default 0,
       closed_quantity numeric not null default 0,
       open_price numeric,
       close_price numeric,
       realized_pnl numeric,
       fees numeric,
       close_reason text,
       first_filled_at timestamptz,
       exposed_since timestamptz,
       unprotected_ms int not null default 0,
       opened_at timestamptz,
       closed_at timestamptz,
       wake_at timestamptz,
       left_as text check (left_as in ('kept', 'gracefully')),
       created_at timestamptz not null,
       state text not null,
       legs text storage external not null
     ) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.05, toast_tuple_target = 8160)`,
    `comment on column bracket.bracket_id is 'Starts with the time prefix of its signal id: brackets of a signal lie together.'`,
    `comment on column bracket.environment is 'Of its account; null where nothing was known of that, which denies it.'`,
    `comment on column bracket.state is 'Beside the legs, with which it changes: the log then holds the end of the row alone.'`,
    `comment on column bracket.holds_slot is 'True from planning to the first end: a follow has one such bracket at most.'`,
    `comment on column bracket.left_as is 'How its follower left the strategy while it was held; null for who has not left.'`,
    `comment on column bracket.margin is 'Margin and costs that the entry takes from a balance which does not know of it yet.'`,
    `comment on column bracket.exit_rules is 'What the follower has chosen for the time after the entry, as JSON; null where all is as usual.'`,
    `comment on column bracket.rate is 'What one of the quote currency was worth in the account''s when it was planned; null for the same.'`,
    `comment on column bracket.legs is
       'The orders of the bracket as JSON, entry first, as they were told: a bracket is read, moved and saved as a whole.'`,
    `create unique index bracket_slot on bracket (account_id, follow_id) where holds_slot`,
    `create index bracket_settled on bracket (account_id, closed_at) where closed_at is not null`,
    `create index bracket_of_strategy on bracket (strategy_id, bracket_id)`,
    `create index bracket_of_user on bracket (user_id, bracket_id)`,
    `create index bracket_leaving on bracket (bracket_id) where left_as = 'gracefully' and holds_slot`,
    `create index bracket_wake on bracket (wake_at) where wake_at is not null`,

    // What of the planning belongs to each follower alone, one row for the followers that were planned together. It is
    // written for all of them and read for few. JSON as text, and not compressed: to check or to pack it costs more than the insert.
    `create table explain (
       signal_id uuid not null,
       number bigint generated always as identity,
       bracket_ids uuid[] not null,
       traces text storage external not null,
       primary key (signal_id, number)
     )`,
    `comment on column explain.traces is 'A JSON array, in the order of bracket_ids.'`,

    // Entries whose turn has not come: a queue beside the brackets, empty most of the time. It costs the brackets nothing.
    `create table waiting_entry (
       follow_id uuid primary key,
       bracket_id uuid not null unique,
       signal_id uuid not null,
       side text not null,
       waits_for uuid not null,
       closes boolean not null,
       since timestamptz not null,
       expires_at timestamptz not null,
       look_at timestamptz not null default '-infinity',
       trace text
     )`,
    `create index waiting_entry_closes on waiting_entry (waits_for) where closes`,
    `comment on column waiting_entry.waits_for is 'The bracket that has to be proven gone before the entry is planned anew.'`,
    `comment on column waiting_entry.look_at is 'Not before: then it could not be planned, or what it waits for not be closed.'`,
    `comment on column waiting_entry.closes is 'Whether the entry itself asks for the end of that bracket.'`,

    // What is watched for at venues that have no order for it: an index of the brackets' own legs, written with them.
    `create table trail (
       trail_id bigint generated always as identity primary key,
       signal_id uuid not null,
       venue text not null,
       environment text not null,
       symbol text not null,
       side text not null,
       activation numeric not null,
       callback_rate_percent numeric,
       best numeric,
       fired_at timestamptz,
       fired_price numeric,
       seen_at timestamptz not null default now()
     ) with (fillfactor = 70)`,
    `comment on table trail is 'One for all brackets of a signal that began to wait before its price was there; without a callback a target.'`,
    `create index trail_of_signal on trail (signal_id, environment) where best is null`,
    `create table watched_leg (
       bracket_id uuid not null,
       leg text not null,
       trail_id bigint not null references trail (trail_id),
       blind boolean not null,
       primary key (bracket_id, leg)
     )`,
    `create index watched_leg_of_trail on watched_leg (trail_id, blind, bracket_id)`,

    `create table kill_switch (
       id uuid primary key,
       scope text not null check (scope in ('platform', 'strategy', 'source', 'follow', 'account')),
       scope_id uuid,
       mode text not null check (mode in ('exit-only', 'halt', 'flatten')),
       cause text not null,
       reason text not null,
       loss json,
       engaged_by uuid,
       by_operator boolean not null,
       engaged_at timestamptz not null,
       ends_at timestamptz,
       applied_at timestamptz,
       release_digest text,
       release_requested_at timestamptz,
       released_by uuid,
       released_at timestamptz
     )`,
    `comment on table kill_switch is 'Engaged and released ones: rows are never deleted, they are the history.'`,
    `comment on column kill_switch.applied_at is 'When all cancels and closes that its mode demands had been asked for.'`,
    `create index kill_switch_engaged on kill_switch (scope_id) where released_at is null`,
    `create index kill_switch_ending on kill_switch (ends_at) where released_at is null and ends_at is not null`,

    `create table loss_watch (
       follow_id uuid primary key,
       bases json not null,
       revision int not null
     ) with (fillfactor = 80)`,
    `comment on column loss_watch.bases is
       'By period: the equity from which losses count, and the switches that have been engaged for it.'`,

    `create table account_sequence (
       account_id uuid primary key,
       value int not null
     ) with (fillfactor = 70)`,
    `comment on table account_sequence is 'Counts the trade events of an account (rule R17).'`,

    // What the public API reads for one user (ADR 0021): their own, and what happens on their strategies.
    ...ownRows({
      byUser: ['follow', 'account'],
      derived: {
        strategy: `owner_id = ${ownerSql}`,
        bracket: `user_id = ${ownerSql} or strategy_id in (select s.strategy_id from strategy s)`,
        explain: 'exists (select from bracket b where b.bracket_id = any (explain.bracket_ids))',
        kill_switch: `scope = 'platform' or scope_id in (select strategy_id from strategy
          union all select follow_id from follow union all select account_id from account)`,
      },
      // One row for all followers of a signal, without anything of theirs.
      shared: ['signal_plan'],
    }),
  ],
}
