/** Registrations and mailed links in PostgreSQL. Implements the Registrations port. Must never store a token as text. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import {
  type LinkOwner,
  type NewRegistration,
  type RegistrationId,
  Registrations,
  type TriedRegistration,
} from '#ports/registrations.port'

interface RegistrationRow {
  readonly id: RegistrationId
  readonly username: string
  readonly email: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly password_hash: string
}

const columns = 'id, username, email, first_name, last_name, password_hash'
/** What has expired and is cleared away by something new. */
const sweepRows = 5

@Injectable()
export class SqlRegistrations extends Registrations {
  constructor(private readonly database: Database) {
    super()
  }

  async add(tx: Transaction, registration: NewRegistration, lifetimeMs: number): Promise<void> {
    const { id, username, email, firstName, lastName, passwordHash } = registration
    await tx.query(
      `with swept as (
         delete from registration where ctid in (
           select ctid from registration where expires_at < now() limit ${sweepRows} for update skip locked)
       )
       insert into registration (${columns}, expires_at)
       values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 millisecond')`,
      [id, username, email, firstName, lastName, passwordHash, lifetimeMs],
    )
  }

  async find(
    tx: Transaction,
    { id, email }: { readonly id: RegistrationId | null; readonly email: string },
  ): Promise<NewRegistration | null> {
    const [row] = await tx.query<RegistrationRow>(
      `select ${columns} from registration
       where lower(email) = lower($2) and ($1::uuid is null or id = $1) and expires_at > now()
       order by created_at desc limit 1`,
      [id, email],
    )
    return row === undefined ? null : registrationOf(row)
  }

  async tryLink(tokenHash: Buffer): Promise<TriedRegistration | null> {
    const [row] = await this.database.query<RegistrationRow & { readonly attempts: number }>(
      `update registration set attempts = attempts + 1
       where id = (select registration_id from mailed_link where hash = $1 and expires_at > now())
         and expires_at > now()
       returning ${columns}, attempts`,
      [tokenHash],
    )
    return row === undefined ? null : { ...registrationOf(row), attempts: row.attempts }
  }

  async end(tx: Transaction, id: RegistrationId): Promise<void> {
    await tx.query(
      'delete from registration where lower(email) = (select lower(email) from registration where id = $1)',
      [id],
    )
  }

  async addLink(tx: Transaction, tokenHash: Buffer, owner: LinkOwner, lifetimeMs: number): Promise<void> {
    await tx.query(
      `with swept as (
         delete from mailed_link where ctid in (
           select ctid from mailed_link where expires_at < now() limit ${sweepRows} for update skip locked)
       )
       insert into mailed_link (hash, registration_id, user_id, expires_at)
       values ($1, $2, $3, now() + $4 * interval '1 millisecond')`,
      [
        tokenHash,
        'registrationId' in owner ? owner.registrationId : null,
        'userId' in owner ? owner.userId : null,
        lifetimeMs,
      ],
    )
  }

  async findResetLink(tokenHash: Buffer): Promise<UserId | null> {
    const [row] = await this.database.query<{ user_id: UserId }>(
      `select l.user_id from mailed_link l join app_user u on u.id = l.user_id
       where l.hash = $1 and l.expires_at > now() and u.disabled_at is null`,
      [tokenHash],
    )
    return row?.user_id ?? null
  }

  async useResetLink(tx: Transaction, tokenHash: Buffer, userId: UserId): Promise<boolean> {
    const used = await tx.query(
      'delete from mailed_link where hash = $1 and user_id = $2 and expires_at > now() returning hash',
      [tokenHash, userId],
    )
    if (used.length > 0) await tx.query('delete from mailed_link where user_id = $1', [userId])
    return used.length > 0
  }
}

function registrationOf(row: RegistrationRow): NewRegistration {
  const { id, username, email, first_name: firstName, last_name: lastName, password_hash: passwordHash } = row
  return { id, username, email, firstName, lastName, passwordHash }
}
