/** First tables of `reporting`. Called by the migration job. Must never be edited once released. */
import type { Migration } from '@tradewire/database/migrations'

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
    `create function refuse_ledger_change() returns trigger language plpgsql as
       $$ begin raise exception 'the ledger is append-only'; end $$`,
    `create trigger ledger_is_append_only before update or delete on ledger_entry
       for each row execute function refuse_ledger_change()`,
  ],
}
