/** OAuth clients in PostgreSQL. Implements the OauthClients port. Must never answer an ended client, nor one of a disabled user. */
import { Injectable } from '@nestjs/common'
import type { ApiKeyScope, Role } from '@tradewire/contracts/caller'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { CheckedClient, OauthClient, OauthClientId } from '#domain/credentials/oauth-client'
import { OauthClients, type StoredSecret } from '#ports/oauth-clients.port'

interface ClientRow {
  readonly id: OauthClientId
  readonly user_id: UserId
  readonly name: string
  readonly scopes: ApiKeyScope[]
  readonly secrets: readonly { readonly prefix: string; readonly createdAt: string; readonly endsAt: string | null }[]
  readonly created_at: Date
  readonly last_used_at: Date | null
}

const working = '(s.ends_at is null or s.ends_at > now())'
const selectSql = `
  select c.id, c.user_id, c.name, c.scopes, c.created_at, c.last_used_at, array(
    select json_build_object('prefix', s.prefix, 'createdAt', s.created_at, 'endsAt', s.ends_at) from oauth_secret s
    where s.client_id = c.id and ${working} order by s.created_at desc) as secrets
  from oauth_client c where c.revoked_at is null`

@Injectable()
export class SqlOauthClients extends OauthClients {
  constructor(private readonly database: Database) {
    super()
  }

  async add(
    tx: Transaction,
    client: Pick<OauthClient, 'id' | 'userId' | 'name' | 'scopes'>,
    secret: StoredSecret,
    livingMax: number,
  ): Promise<OauthClient | null> {
    // Two that are made together see one another.
    await tx.lockNamed('OAuth clients')
    const added = await tx.query(
      `insert into oauth_client (id, user_id, name, scopes) select $1, $2, $3, $4
       where (select count(*) from oauth_client where revoked_at is null) < $5 returning id`,
      [client.id, client.userId, client.name, [...client.scopes], livingMax],
    )
    if (added.length === 0) return null
    await addSecret(tx, client.id, secret)
    return this.found(tx, client.id)
  }

  async living(): Promise<readonly OauthClient[]> {
    return (await this.database.query<ClientRow>(`${selectSql} order by c.id desc`)).map(clientOf)
  }

  async lock(tx: Transaction, id: OauthClientId): Promise<OauthClient | null> {
    const [row] = await tx.query<ClientRow>(`${selectSql} and c.id = $1 for update of c`, [id])
    return row === undefined ? null : clientOf(row)
  }

  async rotate(tx: Transaction, id: OauthClientId, secret: StoredSecret, overlapSeconds: number): Promise<OauthClient> {
    await tx.query(
      `update oauth_secret s set ends_at = least(s.ends_at, case
         when s.created_at = (select max(created_at) from oauth_secret where client_id = $1)
         then now() + $2 * interval '1 second' else now() end)
       where s.client_id = $1 and ${working}`,
      [id, overlapSeconds],
    )
    await addSecret(tx, id, secret)
    return this.found(tx, id)
  }

  async revoke(tx: Transaction, id: OauthClientId): Promise<void> {
    await tx.query('update oauth_client set revoked_at = now() where id = $1', [id])
  }

  async revokeAllOf(tx: Transaction, userId: UserId): Promise<readonly OauthClientId[]> {
    const rows = await tx.query<{ id: OauthClientId }>(
      'update oauth_client set revoked_at = now() where user_id = $1 and revoked_at is null returning id',
      [userId],
    )
    return rows.map(({ id }) => id)
  }

  async use(id: OauthClientId, secretHash: Buffer): Promise<CheckedClient | null> {
    const [row] = await this.database.query<{ user_id: UserId; scopes: ApiKeyScope[]; roles: Role[] }>(
      `update oauth_client c set last_used_at = now() from oauth_secret s, app_user u
       where c.id = $1 and c.revoked_at is null and s.client_id = c.id and s.hash = $2 and ${working}
         and u.id = c.user_id and u.disabled_at is null
       returning c.user_id, c.scopes, u.roles`,
      [id, secretHash],
    )
    return row === undefined ? null : { userId: row.user_id, scopes: row.scopes, roles: row.roles }
  }

  private async found(tx: Transaction, id: OauthClientId): Promise<OauthClient> {
    const [row] = await tx.query<ClientRow>(`${selectSql} and c.id = $1`, [id])
    if (row === undefined) throw new Error('a client that was just stored is gone')
    return clientOf(row)
  }
}

async function addSecret(tx: Transaction, id: OauthClientId, { hash, prefix }: StoredSecret): Promise<void> {
  await tx.query(
    'insert into oauth_secret (hash, client_id, prefix, created_at) values ($1, $2, $3, clock_timestamp())',
    [hash, id, prefix],
  )
}

function clientOf(row: ClientRow): OauthClient {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    scopes: row.scopes,
    secrets: row.secrets.map(({ prefix, createdAt, endsAt }) => ({
      prefix,
      createdAt: new Date(createdAt),
      endsAt: endsAt === null ? null : new Date(endsAt),
    })),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
