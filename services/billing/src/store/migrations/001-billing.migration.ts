/** First tables of `billing`. Called by the migration job. Must never be edited once released. */
import type { Migration } from '@tradewire/database/migrations'

const catalogue = [
  `create table plan (
     id uuid primary key,
     name text not null unique,
     monthly_minor bigint check (monthly_minor >= 0),
     max_balance numeric check (max_balance > 0),
     max_api_keys int not null,
     max_positions int,
     private boolean not null,
     strategy_automated boolean not null,
     is_default boolean not null,
     created_at timestamptz not null,
     updated_at timestamptz not null)`,
  `create unique index plan_default on plan (is_default) where is_default`,
  `create table strategy (
     strategy_id uuid primary key,
     owner_id uuid not null,
     name text not null,
     revision int not null)`,
  `comment on table strategy is 'As signals tells of them: who may say what one costs, and who earns by it.'`,
  `create table price (
     strategy_id uuid not null,
     currency text not null,
     cycle text not null check (cycle in ('monthly', 'quarterly', 'yearly')),
     minor bigint not null check (minor > 0),
     primary key (strategy_id, currency, cycle))`,
  `create table product (
     id uuid primary key,
     name text not null,
     category text not null,
     description text not null,
     currency text not null,
     minor bigint not null check (minor > 0),
     created_at timestamptz not null,
     removed_at timestamptz)`,
  `create table discount (
     code text primary key,
     percent numeric check (percent > 0 and percent <= 100),
     minor bigint check (minor > 0),
     currency text,
     ends_at timestamptz,
     check ((percent is null) <> (minor is null)),
     check ((minor is null) = (currency is null)))`,
  `create table customer (
     user_id uuid primary key,
     username text not null,
     email text,
     entitlement jsonb,
     revision int not null default 0)`,
  `comment on column customer.entitlement is 'What was told last of what the user may do; null when nothing ever was.'`,
]

const payments = [
  `create table subscription (
     id uuid primary key,
     user_id uuid not null,
     subject_kind text not null check (subject_kind in ('plan', 'strategy')),
     subject_id uuid not null,
     subject_name text not null,
     owner_id uuid,
     owner_percent numeric,
     provider text not null,
     external_id text,
     currency text not null,
     minor bigint not null check (minor > 0),
     cycle text not null check (cycle in ('monthly', 'quarterly', 'yearly')),
     begun_at timestamptz not null,
     paid_through timestamptz,
     failed_from timestamptz,
     ends_at timestamptz,
     standing text not null check (standing in ('incomplete', 'active', 'past-due', 'lapsed', 'ended')),
     served_until timestamptz,
     next_change_at timestamptz,
     revision int not null,
     unique (provider, external_id))`,
  `create index subscription_by_user on subscription (user_id, id desc)`,
  `create index subscription_due on subscription (next_change_at) where next_change_at is not null`,
  // One that is in force or may come into force; a second one would be paid for nothing.
  `create unique index subscription_in_force on subscription (user_id, subject_kind, subject_id)
     where standing in ('incomplete', 'active', 'past-due')`,
  `create table purchase (
     id uuid primary key,
     user_id uuid not null,
     lines jsonb not null,
     currency text not null,
     subtotal_minor bigint not null,
     discount_minor bigint not null,
     total_minor bigint not null check (total_minor > 0),
     payment_id uuid not null unique,
     created_at timestamptz not null)`,
  `create index purchase_by_user on purchase (user_id, id desc)`,
  `create table payment (
     id uuid primary key,
     user_id uuid not null,
     subscription_id uuid references subscription,
     period int,
     purchase_id uuid references purchase,
     description text not null,
     provider text not null,
     external_id text,
     currency text not null,
     minor bigint not null check (minor > 0),
     revenue text not null,
     owner_id uuid,
     owner_percent numeric,
     client_secret text,
     payment_url text,
     progress text not null,
     status text not null,
     facts jsonb not null,
     request_hash text not null,
     created_at timestamptz not null,
     updated_at timestamptz not null,
     unique (provider, external_id),
     unique (subscription_id, period))`,
  `create index payment_by_user on payment (user_id, id desc)`,
  `create table provider_event (
     id uuid primary key,
     provider text not null,
     event_id text not null,
     type text not null,
     body text not null,
     heard_by text not null check (heard_by in ('webhook', 'pull', 'asking')),
     state text not null default 'waiting' check (state in ('waiting', 'done', 'ignored', 'dead')),
     attempts int not null default 0,
     available_at timestamptz not null,
     claimed_until timestamptz,
     generation int not null default 0,
     error text,
     received_at timestamptz not null,
     done_at timestamptz,
     unique (provider, event_id))`,
  `create index provider_event_waiting on provider_event (available_at) where state = 'waiting'`,
  `create table pull (
     provider text primary key,
     pulled_through timestamptz not null)`,
  `create table mock_payment (
     id text primary key,
     reference uuid not null unique,
     currency text not null,
     minor bigint not null,
     description text not null,
     progress text not null default 'created',
     refunds jsonb not null default '{}',
     changed_at timestamptz not null)`,
  `comment on table mock_payment is 'The books of the mock provider: what another provider keeps on its side.'`,
]

const books = [
  `create table rule_run (
     id uuid primary key,
     rule text not null,
     object text not null,
     ran_at timestamptz not null,
     unique (rule, object))`,
  `create table journal (
     id uuid primary key,
     source text not null,
     object text not null,
     kind text not null,
     currency text not null,
     provider_event_id uuid references provider_event,
     rule_run_id uuid references rule_run,
     written_at timestamptz not null,
     unique (source, object, kind),
     check (num_nonnulls(provider_event_id, rule_run_id) = 1))`,
  `comment on table journal is 'Each is of exactly one event of a provider, or of one run of a rule; none is of the same thing as another.'`,
  `create table entry (
     journal_id uuid not null references journal,
     line int not null,
     account text not null,
     currency text not null,
     minor bigint not null check (minor <> 0),
     primary key (journal_id, line))`,
  `create index entry_by_account on entry (account, currency) include (minor)`,
  `create function journal_balances() returns trigger language plpgsql set search_path from current as $$
   begin
     if (select sum(minor) <> 0 or count(distinct currency) <> 1 from entry where journal_id = new.journal_id) then
       raise exception 'journal % is out of balance', new.journal_id using errcode = 'check_violation';
     end if;
     return null;
   end $$`,
  `create constraint trigger entry_balances after insert on entry deferrable initially deferred
     for each row execute function journal_balances()`,
  `create function books_are_append_only() returns trigger language plpgsql as $$
   begin
     raise exception 'the books are only added to' using errcode = 'check_violation';
   end $$`,
  `create trigger entry_stays before update or delete on entry for each row execute function books_are_append_only()`,
  `create trigger journal_stays before update or delete on journal for each row execute function books_are_append_only()`,
  `create table invoice_counter (
     year int primary key,
     last int not null)`,
  `create table invoice (
     id uuid primary key,
     number text not null unique,
     user_id uuid not null,
     payment_id uuid not null unique references payment,
     description text not null,
     currency text not null,
     minor bigint not null,
     issued_at timestamptz not null)`,
  `create index invoice_by_user on invoice (user_id, id desc)`,
]

export const createBilling: Migration = { name: '001-create-billing', sql: [...catalogue, ...payments, ...books] }
