/** The part of the first tables that holds invoices and credit notes. Called by the first migration. Must never be edited once released. */

export const documents: readonly string[] = [
  `create table invoice_counter (
     year int primary key,
     last int not null)`,
  `create table invoice (
     id uuid primary key,
     number text not null unique,
     user_id uuid not null,
     payment_id uuid unique references payment,
     fee_id uuid unique references performance_fee,
     description text not null,
     currency text not null,
     minor bigint not null,
     issued_at timestamptz not null,
     lines jsonb not null,
     tax jsonb,
     seller jsonb not null,
     buyer jsonb not null,
     check (num_nonnulls(payment_id, fee_id) = 1))`,
  `create index invoice_by_user on invoice (user_id, id desc)`,
  `create table credit_note_counter (
     year int primary key,
     last int not null)`,
  `create table credit_note (
     id uuid primary key,
     number text not null unique,
     user_id uuid not null,
     invoice_id uuid not null,
     invoice_number text not null,
     payment_id uuid not null,
     reason text not null check (reason in ('refund', 'dispute', 'correction')),
     reference text not null,
     description text not null,
     currency text not null,
     minor bigint not null check (minor <> 0),
     tax_minor bigint not null,
     up_to_minor bigint not null check (up_to_minor >= 0),
     tax jsonb,
     seller jsonb not null,
     buyer jsonb not null,
     issued_at timestamptz not null,
     unique (payment_id, reference, reason, up_to_minor),
     check ((minor < 0) = (reason = 'correction')))`,
  `comment on table credit_note is 'What was given back of an invoice, which itself never changes; up_to_minor: of this refund or dispute with this note.'`,
  `create index credit_note_by_user on credit_note (user_id, id desc)`,
  `create function documents_stay() returns trigger language plpgsql as $$
   begin
     raise exception 'what is issued never changes' using errcode = 'check_violation';
   end $$`,
  `create trigger invoice_stays before update or delete on invoice for each row execute function documents_stay()`,
  `create trigger credit_note_stays before update or delete on credit_note for each row execute function documents_stay()`,
]
