/** Users in PostgreSQL. Implements the Users port. Must never let a row out. */
import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@tradewire/contracts/common'
import type { Role } from '@tradewire/contracts/caller'
import { Database } from '@tradewire/database/database'
import { pageFrom, readPageToken, type Page } from '@tradewire/database/page'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import type { User } from '#domain/users/user'
import { type ChangedUser, Users, type NewUser } from '#ports/users.port'

interface UserRow {
  readonly id: UserId
  readonly username: string
  readonly email: string | null
  readonly email_verified_at: Date | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly roles: Role[]
  readonly password_hash: string | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly disabled_at: Date | null
  readonly second_factor: boolean
}

const columns = `id, username, email, email_verified_at, first_name, last_name, roles, password_hash, created_at,
  updated_at, disabled_at,
  exists (select from second_factor f where f.user_id = app_user.id and f.confirmed_at is not null)
  or exists (select from passkey p where p.user_id = app_user.id) as second_factor`

@Injectable()
export class SqlUsers extends Users {
  constructor(private readonly database: Database) {
    super()
  }

  async findByName(username: string): Promise<User | null> {
    return first(await this.database.query<UserRow>(`select ${columns} from app_user where username = $1`, [username]))
  }

  async findByEmail(tx: Transaction, email: string): Promise<User | null> {
    return first(await tx.query<UserRow>(`select ${columns} from app_user where lower(email) = lower($1)`, [email]))
  }

  /** Rows that refer to the user can be added meanwhile: those who hold such a row do not wait in a circle. */
  async lock(tx: Transaction, id: UserId): Promise<User | null> {
    return first(await tx.query<UserRow>(`select ${columns} from app_user where id = $1 for no key update`, [id]))
  }

  async find(id: UserId): Promise<User | null> {
    return first(await this.database.query<UserRow>(`select ${columns} from app_user where id = $1`, [id]))
  }

  async findAll(ids: readonly UserId[]): Promise<User[]> {
    const rows = await this.database.query<UserRow>(`select ${columns} from app_user where id = any($1::uuid[])`, [ids])
    return rows.map(userOf)
  }

  async findExternal(tx: Transaction, issuer: string, subject: string): Promise<User | null> {
    const rows = await tx.query<UserRow>(
      `select ${columns} from app_user
       where id = (select user_id from external_identity where issuer = $1 and subject = $2)`,
      [issuer, subject],
    )
    return first(rows)
  }

  async lockExternal(tx: Transaction, issuer: string, subject: string): Promise<void> {
    await tx.lockNamed(`external identity ${issuer} ${subject}`)
  }

  async linkExternal(tx: Transaction, issuer: string, subject: string, id: UserId): Promise<void> {
    await tx.query('insert into external_identity (issuer, subject, user_id) values ($1, $2, $3)', [
      issuer,
      subject,
      id,
    ])
  }

  async changeRoles(tx: Transaction, id: UserId, roles: User['roles']): Promise<User> {
    const rows = await tx.query<UserRow>(
      `update app_user set roles = $2, updated_at = now() where id = $1 returning ${columns}`,
      [id, [...roles]],
    )
    const changed = first(rows)
    if (changed === null) throw new Error('the user whose roles change is gone')
    return changed
  }

  async hasOtherOwner(tx: Transaction, id: UserId): Promise<boolean> {
    const rows = await tx.query(
      `select from app_user where 'owner' = any (roles) and disabled_at is null and id <> $1 limit 1`,
      [id],
    )
    return rows.length > 0
  }

  async firstOwner(): Promise<User | null> {
    const rows = await this.database.query<UserRow>(
      `select ${columns} from app_user where 'owner' = any (roles) order by created_at, id limit 1`,
    )
    return first(rows)
  }

  async list(page: PageQuery): Promise<Result<Page<User>, CodedError>> {
    const after = readPageToken(page.nextToken, ['id'])
    if (!after.ok) return after
    const rows = await this.database.query<UserRow>(
      `select ${columns} from app_user where ($1::text is null or id::text > $1) order by id::text limit $2`,
      [after.value?.[0] ?? null, page.limit + 1],
    )
    return ok(pageFrom(rows, page.limit, { keysOf: ({ id }) => [id], itemOf: userOf }))
  }

  async add(tx: Transaction, user: NewUser): Promise<User | null> {
    const rows = await tx.query<UserRow>(
      `insert into app_user (id, username, email, first_name, last_name, roles, password_hash, email_verified_at)
       values ($1, $2, $3, $4, $5, $6, $7, case when $8 then now() end) on conflict do nothing returning ${columns}`,
      [
        user.id,
        user.username,
        user.email,
        user.firstName,
        user.lastName,
        [...user.roles],
        user.passwordHash,
        user.emailVerified === true,
      ],
    )
    return first(rows)
  }

  async lockOwners(tx: Transaction): Promise<void> {
    await tx.lockNamed('owners')
  }

  async changeHash(tx: Transaction, id: UserId, passwordHash: string): Promise<void> {
    await tx.query('update app_user set password_hash = $2, updated_at = now() where id = $1', [id, passwordHash])
  }

  async verifyEmail(tx: Transaction, id: UserId): Promise<void> {
    await tx.query('update app_user set email_verified_at = coalesce(email_verified_at, now()) where id = $1', [id])
  }

  disable(tx: Transaction, id: UserId): Promise<ChangedUser | null> {
    return this.setDisabled(tx, id, true)
  }

  enable(tx: Transaction, id: UserId): Promise<ChangedUser | null> {
    return this.setDisabled(tx, id, false)
  }

  private async setDisabled(tx: Transaction, id: UserId, disabled: boolean): Promise<ChangedUser | null> {
    const before = await this.lock(tx, id)
    if (before === null) return null
    if ((before.disabledAt !== null) === disabled) return { user: before, changed: false }
    const rows = await tx.query<UserRow>(
      `update app_user set disabled_at = case when $2 then now() end, updated_at = now() where id = $1
       returning ${columns}`,
      [id, disabled],
    )
    const after = first(rows)
    return after === null ? null : { user: after, changed: true }
  }
}

function first(rows: readonly UserRow[]): User | null {
  const [row] = rows
  return row === undefined ? null : userOf(row)
}

function userOf(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    emailVerifiedAt: row.email_verified_at,
    firstName: row.first_name,
    lastName: row.last_name,
    roles: row.roles,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    disabledAt: row.disabled_at,
    secondFactor: row.second_factor,
  }
}
