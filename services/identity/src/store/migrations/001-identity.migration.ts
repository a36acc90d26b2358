/** Users, sessions, refresh tokens and log-in attempts. Called by runMigrations. Must never be edited once released. */
import type { Migration } from '@tradewire/database/migrations'
import { ownRows } from '@tradewire/database/own-rows'

export const createIdentity: Migration = {
  name: '001-identity',
  sql: [
    `create table app_user (
       id uuid primary key,
       username text not null unique check (username = lower(username)),
       email text,
       email_verified_at timestamptz,
       first_name text,
       last_name text,
       roles text[] not null check (cardinality(roles) > 0),
       password_hash text,
       created_at timestamptz not null default now(),
       updated_at timestamptz not null default now(),
       disabled_at timestamptz,
       check (not 'owner' = any (roles) or 'operator' = any (roles)),
       check (not 'support' = any (roles) or cardinality(roles) = 1)
     )`,
    `comment on column app_user.password_hash is 'Null for those whom only another issuer vouches for.'`,
    `create table external_identity (
       issuer text not null,
       subject text not null,
       user_id uuid not null references app_user (id),
       primary key (issuer, subject)
     )`,
    `create unique index app_user_email on app_user (lower(email)) where email is not null`,
    `create index app_user_owner on app_user (created_at, id) where 'owner' = any (roles)`,

    `create table session (
       id uuid primary key,
       user_id uuid not null references app_user (id),
       address text not null,
       user_agent text,
       created_at timestamptz not null,
       last_used_at timestamptz not null,
       expires_at timestamptz not null,
       proved_at timestamptz,
       ended_at timestamptz,
       ended_reason text check (ended_reason in ('logout', 'reuse', 'disabled', 'password-changed', 'second-factor-reset', 'roles-changed'))
     )`,
    `create index session_living on session (user_id) where ended_at is null`,
    `comment on column session.proved_at is 'When a code of the second factor was given last; null without one.'`,

    `create table second_factor (
       user_id uuid primary key references app_user (id),
       master_version int not null,
       data_key bytea not null,
       fields jsonb not null,
       confirmed_at timestamptz,
       last_step bigint not null default 0,
       attempts int not null default 0,
       window_started_at timestamptz not null default now()
     )`,
    `comment on table second_factor is 'The secret of the authenticator app, sealed; asked for once it is confirmed.'`,
    `comment on column second_factor.last_step is 'Time step of the last code taken: no code works twice (rule R22).'`,
    `create table recovery_code (
       user_id uuid not null references app_user (id),
       hash bytea not null,
       used_at timestamptz,
       primary key (user_id, hash)
     )`,

    `create table passkey (
       id uuid primary key,
       user_id uuid not null references app_user (id),
       name text not null,
       credential_id text not null unique,
       public_key bytea not null,
       counter bigint not null,
       transports text[] not null,
       backed_up boolean not null,
       created_at timestamptz not null default now(),
       last_used_at timestamptz
     )`,
    `create index passkey_user on passkey (user_id)`,
    `create table passkey_challenge (
       hash bytea primary key,
       user_id uuid references app_user (id),
       expires_at timestamptz not null
     )`,
    `create index passkey_challenge_expires on passkey_challenge (expires_at)`,
    `comment on column passkey_challenge.user_id is 'Who may add a passkey with it; null to prove one, whosever it is.'`,

    `create table refresh_token (
       hash bytea primary key,
       session_id uuid not null references session (id) on delete cascade,
       expires_at timestamptz not null,
       used_at timestamptz,
       successor_salt bytea,
       check ((used_at is null) = (successor_salt is null))
     )`,
    `create index refresh_token_session on refresh_token (session_id)`,
    `comment on column refresh_token.hash is 'SHA-256: the token itself is never stored.'`,
    `comment on column refresh_token.successor_salt is 'With the used token it gives the same successor again.'`,

    `create table api_key (
       id uuid primary key,
       user_id uuid not null references app_user (id),
       name text not null,
       prefix text not null,
       hash bytea not null unique,
       scopes text[] not null,
       addresses text[] not null,
       created_at timestamptz not null default now(),
       expires_at timestamptz,
       last_used_at timestamptz,
       revoked_at timestamptz
     )`,
    `create index api_key_user on api_key (user_id) where revoked_at is null`,
    `comment on column api_key.hash is 'SHA-256: the key itself is never stored.'`,

    `create table oauth_client (
       id uuid primary key,
       user_id uuid not null references app_user (id),
       name text not null,
       scopes text[] not null,
       created_at timestamptz not null default now(),
       last_used_at timestamptz,
       revoked_at timestamptz
     )`,
    `create index oauth_client_living on oauth_client (id) where revoked_at is null`,
    `create table oauth_secret (
       hash bytea primary key,
       client_id uuid not null references oauth_client (id),
       prefix text not null,
       created_at timestamptz not null default now(),
       ends_at timestamptz
     )`,
    `create index oauth_secret_client on oauth_secret (client_id)`,
    `comment on column oauth_secret.hash is 'SHA-256: the secret itself is never stored.'`,

    `create table audit_entry (
       sequence bigint primary key,
       at timestamptz not null,
       act_id uuid not null,
       kind text not null check (kind in ('asked', 'ended')),
       user_id uuid not null,
       credential_id uuid not null,
       operation text not null,
       subject jsonb not null,
       address text not null,
       outcome text,
       hash text not null
     )`,
    `create index audit_entry_user on audit_entry (user_id, sequence)`,
    `create index audit_entry_act on audit_entry (act_id)`,
    `create function refuse_audit_change() returns trigger language plpgsql as
       $$ begin raise exception 'the audit log is only ever added to'; end $$`,
    `create trigger audit_entry_stays before update or delete or truncate on audit_entry
       for each statement execute function refuse_audit_change()`,

    `create table registration (
       id uuid primary key,
       username text not null,
       email text not null,
       first_name text,
       last_name text,
       password_hash text not null,
       attempts int not null default 0,
       created_at timestamptz not null default now(),
       expires_at timestamptz not null
     )`,
    `create index registration_email on registration (lower(email), created_at)`,
    `create index registration_expires on registration (expires_at)`,
    `comment on table registration is 'Who has registered and not yet proven the address: no user, no name taken.'`,
    `create table mailed_link (
       hash bytea primary key,
       registration_id uuid references registration (id) on delete cascade,
       user_id uuid references app_user (id) on delete cascade,
       expires_at timestamptz not null,
       check (num_nonnulls(registration_id, user_id) = 1)
     )`,
    `create index mailed_link_registration on mailed_link (registration_id) where registration_id is not null`,
    `create index mailed_link_user on mailed_link (user_id) where user_id is not null`,
    `create index mailed_link_expires on mailed_link (expires_at)`,
    `comment on column mailed_link.hash is 'SHA-256: the token is made when its mail is sent and stored nowhere.'`,
    `create table mail (
       id uuid primary key,
       kind text not null check (kind in ('confirm-registration', 'reset-password', 'password-changed')),
       email text not null,
       registration_id uuid references registration (id) on delete cascade,
       state text not null default 'waiting' check (state in ('waiting', 'sent', 'unwanted', 'failed')),
       attempts int not null default 0,
       next_attempt_at timestamptz not null default now(),
       claimed_until timestamptz,
       created_at timestamptz not null default now(),
       ended_at timestamptz
     )`,
    `create index mail_due on mail (next_attempt_at) where state = 'waiting'`,
    `create index mail_ended on mail (ended_at) where ended_at is not null`,
    `create index mail_registration on mail (registration_id) where registration_id is not null`,
    `comment on table mail is 'What is to be mailed; whether anybody has the address is looked up when it is sent.'`,

    `create table login_attempt (
       username text not null,
       address text not null,
       attempts int not null,
       window_started_at timestamptz not null,
       primary key (username, address)
     )`,
    `create index login_attempt_window on login_attempt (window_started_at)`,

    // What users list of themselves; whatever a statement forgets, it shows nobody else's rows (ADR 0021).
    ...ownRows({ byUser: ['session', 'api_key', 'passkey'] }),
  ],
}
