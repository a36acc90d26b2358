/** First tables of `reporting`. Called by the migration job. Must never be edited once released. */
import type { Migration } from '@tradewire/database/migrations'
import { ownRows } from '@tradewire/database/own-rows'

export const createReporting: Migration = {
  name: '001-create-reporting',
  sql: [
    // A projection: one row per trade, filled in by its opening and its closing in whichever order they arrive.
    `create table trade (
       id uuid primary key,
       signal_id uuid not null,
       strategy_id uuid not null,
       follow_id uuid not null,
       account_id uuid not null,
       user_id uuid not null,
       venue text not null,
       symbol text not null,
       side text not null,
       state text not null,
       quantity numeric not null,
       open_price numeric not null,
       opened_at timestamptz not null,
       stop_loss numeric,
       take_profits jsonb not null default '[]',
       unprotected_ms int,
       close_price numeric,
       closed_at timestamptz,
       reason text,
       realized_pnl numeric,
       fees numeric)`,
    `create index trade_by_strategy on trade (strategy_id, id desc)`,
    `create index trade_by_follow on trade (follow_id, id desc)`,
    `create index trade_by_account on trade (account_id, id desc)`,
    `create index trade_by_user on trade (user_id, id desc)`,
    // Which trades began by hand: few, so they are remembered instead of a column of every trade.
    `create table hand_signal (signal_id uuid primary key)`,

    // What accounts are worth, from what their venues told.
    `create table account (
       account_id uuid primary key,
       user_id uuid not null,
       environment text not null,
       changed_at timestamptz not null,
       removed_at timestamptz)`,
    `create index account_by_user on account (user_id) where removed_at is null`,
    `create table usd_rate (
       environment text not null,
       currency text not null,
       usd numeric not null,
       observed_at timestamptz not null,
       primary key (environment, currency))`,
    `create table balance_day (
       account_id uuid not null,
       day date not null,
       currency text not null,
       total numeric not null,
       equity numeric not null,
       usd_rate numeric,
       observed_at timestamptz not null,
       primary key (account_id, day)) with (fillfactor = 70)`,
    `comment on table balance_day is 'The last balance of each day (UTC): one row for an account and day, however often it changes.'`,
    `comment on column balance_day.usd_rate is 'What one of the currency was worth in US dollars; null where no venue tells.'`,
    // The ledger: append-only; performance derives from it and from nothing else.
    `create table ledger_entry (
       id uuid primary key default uuidv7(),
       trade_id uuid not null,
       strategy_id uuid not null,
       follow_id uuid not null,
       account_id uuid not null,
       user_id uuid not null,
       kind text not null check (kind in ('gross-pnl', 'fee')),
       amount numeric not null,
       currency text not null,
       occurred_at timestamptz not null,
       unique (trade_id, kind))`,
    `create index ledger_entry_by_strategy on ledger_entry (strategy_id, follow_id, occurred_at)`,
    `create index ledger_entry_by_follow on ledger_entry (follow_id, occurred_at)`,
    `create index ledger_entry_by_account on ledger_entry (account_id, occurred_at)`,
    `create index ledger_entry_by_user on ledger_entry (user_id, occurred_at)`,
    // The marketplace's view of strategies, from the news of them and from new ledger entries.
    `create table listed_strategy (
       strategy_id uuid primary key,
       name text not null,
       venue text not null,
       symbol text not null,
       asset text not null,
       active boolean not null,
       myfxbook_url text,
       asked_at timestamptz,
       verification jsonb,
       revision int not null)`,
    `comment on column listed_strategy.verification is 'What MyFxBook showed at the link, and whether our figures agree.'`,
    `create table signal_outcome (
       strategy_id uuid not null,
       signal_id uuid not null,
       notional numeric not null,
       net numeric not null,
       closed_at timestamptz not null,
       primary key (strategy_id, signal_id)) with (fillfactor = 70)`,
    `comment on table signal_outcome is 'What a signal came to over all followers whose trades of it are closed.'`,
    `create index signal_outcome_by_time on signal_outcome (strategy_id, closed_at desc, signal_id desc)`,
    `create table strategy_figures (
       strategy_id uuid primary key,
       trades int not null default 0,
       total_return numeric not null default 0,
       monthly_return numeric not null default 0,
       win_rate numeric,
       drawdown numeric not null default 0,
       profit_factor numeric,
       risk_level text,
       last_trade_at timestamptz) with (fillfactor = 70)`,
    `create table report_run (
       period text not null check (period in ('weekly', 'monthly')),
       began timestamptz not null,
       after_user uuid,
       done boolean not null default false,
       primary key (period, began))`,
    `comment on column report_run.after_user is 'The last user, by id, whose report of the period was made.'`,
    `create function refuse_ledger_change() returns trigger language plpgsql as
       $$ begin raise exception 'the ledger is append-only'; end $$`,
    `create trigger ledger_is_append_only before update or delete on ledger_entry
       for each row execute function refuse_ledger_change()`,

    // What the public API reads for one user; whatever a statement forgets, it shows nobody else's rows (ADR 0021).
    ...ownRows({
      byUser: ['trade', 'ledger_entry', 'account'],
      derived: { balance_day: 'exists (select from account a where a.account_id = balance_day.account_id)' },
      shared: ['hand_signal'],
    }),
  ],
}
