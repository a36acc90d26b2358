/** First tables of `webhooks`. Called by the migration job. Must never be edited once released. */
import type { Migration } from '@tradewire/database/migrations'
import { ownRows } from '@tradewire/database/own-rows'

export const createWebhooks: Migration = {
  name: '001-create-webhooks',
  sql: [
    `create table endpoint (
       id uuid primary key,
       user_id uuid not null,
       channel text not null default 'webhook' check (channel in ('webhook', 'telegram')),
       url text not null,
       events text[] not null,
       every_user boolean not null,
       description text,
       active boolean not null,
       disabled_reason text,
       failing_since timestamptz,
       secret text not null,
       previous_secret text,
       previous_secret_until timestamptz,
       created_at timestamptz not null,
       updated_at timestamptz not null)`,
    `create index endpoint_by_user on endpoint (user_id, id desc)`,
    `create unique index endpoint_chat on endpoint (user_id) where channel = 'telegram'`,
    `create table delivery (
       id uuid primary key default uuidv7(),
       endpoint_id uuid not null references endpoint on delete cascade,
       event_id uuid not null,
       event text not null,
       body text not null,
       trace text,
       state text not null default 'pending' check (state in ('pending', 'delivered', 'exhausted')),
       attempts int not null default 0,
       next_attempt_at timestamptz not null default now(),
       claimed_until timestamptz,
       generation int not null default 0,
       last_status int,
       created_at timestamptz not null default now(),
       unique (endpoint_id, event_id))`,
    `create index delivery_due on delivery (endpoint_id, next_attempt_at) where state = 'pending'`,
    `create index delivery_by_endpoint on delivery (endpoint_id, id desc)`,
    `create table attempt (
       delivery_id uuid not null references delivery on delete cascade,
       number int not null,
       started_at timestamptz not null,
       duration_ms int not null,
       status int,
       error text,
       response_excerpt text,
       primary key (delivery_id, number))`,
    `create table notification_settings (
       single boolean primary key default true check (single),
       near_max_balance_to_user boolean not null default true,
       near_max_balance_to_operators boolean not null default true,
       weekly_report boolean not null default true,
       monthly_report boolean not null default false,
       created_at timestamptz not null default now(),
       updated_at timestamptz not null default now())`,
    `insert into notification_settings default values`,

    // What users see and change of their own (ADR 0021). Deliveries are queued and sent by the service itself.
    ...ownRows({
      byUser: ['endpoint'],
      derived: {
        delivery: 'exists (select from endpoint e where e.id = delivery.endpoint_id)',
        attempt: 'exists (select from delivery d where d.id = attempt.delivery_id)',
      },
      changed: ['endpoint', 'delivery', 'attempt'],
    }),
  ],
}
