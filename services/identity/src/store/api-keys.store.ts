/** API keys in PostgreSQL. Implements the ApiKeys port. Must never answer an ended key, nor one of a disabled user. */
import { Injectable } from '@nestjs/common'
import type { Role } from '@tradewire/contracts/caller'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { ApiKey, ApiKeyId, CheckedKey } from '#domain/credentials/api-key'
import { ApiKeys, type NewApiKey } from '#ports/api-keys.port'

interface KeyRow {
  readonly id: ApiKeyId
  readonly user_id: UserId
  readonly name: string
  readonly prefix: string
  readonly scopes: ApiKey['scopes']
  readonly addresses: string[]
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly last_used_at: Date | null
}

const columns = 'k.id, k.user_id, k.name, k.prefix, k.scopes, k.addresses, k.created_at, k.expires_at, k.last_used_at'
const living = 'k.revoked_at is null and (k.expires_at is null or k.expires_at > now())'

@Injectable()
export class SqlApiKeys extends ApiKeys {
  constructor(private readonly database: Database) {
    super()
  }

  async add(tx: Transaction, key: NewApiKey, livingMax: number): Promise<ApiKey | null> {
    // Two that are created together see one another.
    await tx.query('select from app_user where id = $1 for update', [key.userId])
    const rows = await tx.query<KeyRow>(
      `insert into api_key as k (id, user_id, name, prefix, hash, scopes, addresses, expires_at)
       select $1, $2, $3, $4, $5, $6, $7, now() + $8::int * interval '1 day'
       where (select count(*) from api_key k where k.user_id = $2 and ${living}) < $9
       returning ${columns}`,
      [
        key.id,
        key.userId,
        key.name,
        key.prefix,
        key.hash,
        [...key.scopes],
        [...key.addresses],
        key.expiresInDays,
        livingMax,
      ],
    )
    return rows[0] === undefined ? null : keyOf(rows[0])
  }

  async livingOf(userId: UserId): Promise<readonly ApiKey[]> {
    const rows = await this.database.queryOwn<KeyRow>(
      userId,
      `select ${columns} from api_key k where k.user_id = $1 and ${living} order by k.id desc`,
      [userId],
    )
    return rows.map(keyOf)
  }

  async revoke(tx: Transaction, userId: UserId, id: ApiKeyId): Promise<boolean> {
    const rows = await tx.query(
      `update api_key k set revoked_at = now() where k.id = $1 and k.user_id = $2 and ${living} returning k.id`,
      [id, userId],
    )
    return rows.length > 0
  }

  async use(hash: Buffer): Promise<CheckedKey | null> {
    const [row] = await this.database.query<KeyRow & { readonly roles: Role[] }>(
      `update api_key k set last_used_at = now() from app_user u
       where k.hash = $1 and ${living} and u.id = k.user_id and u.disabled_at is null
       returning ${columns}, u.roles`,
      [hash],
    )
    return row === undefined ? null : { ...keyOf(row), roles: row.roles }
  }
}

function keyOf(row: KeyRow): ApiKey {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    addresses: row.addresses,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}
