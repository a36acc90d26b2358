/** Passkeys and challenges in PostgreSQL. Implements the Passkeys port. Must never give a challenge out twice. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { Passkey, PasskeyId } from '#domain/credentials/passkey'
import { type NewPasskey, Passkeys } from '#ports/passkeys.port'

interface PasskeyRow {
  readonly id: PasskeyId
  readonly user_id: UserId
  readonly name: string
  readonly credential_id: string
  readonly public_key: Buffer
  readonly counter: string
  readonly transports: string[]
  readonly backed_up: boolean
  readonly created_at: Date
  readonly last_used_at: Date | null
}

const columns = 'id, user_id, name, credential_id, public_key, counter, transports, backed_up, created_at, last_used_at'
/** Old challenges that a new one clears away. */
const sweepRows = 5

@Injectable()
export class SqlPasskeys extends Passkeys {
  constructor(private readonly database: Database) {
    super()
  }

  async add(tx: Transaction, passkey: NewPasskey): Promise<Passkey | null> {
    const { id, userId, name, credentialId, publicKey, counter, transports, backedUp } = passkey
    const [row] = await tx.query<PasskeyRow>(
      `insert into passkey (id, user_id, name, credential_id, public_key, counter, transports, backed_up)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (credential_id) do nothing returning ${columns}`,
      [id, userId, name, credentialId, publicKey, counter, [...transports], backedUp],
    )
    return row === undefined ? null : passkeyOf(row)
  }

  async of(tx: Transaction, userId: UserId): Promise<readonly Passkey[]> {
    const rows = await tx.query<PasskeyRow>(`select ${columns} from passkey where user_id = $1 order by id desc`, [
      userId,
    ])
    return rows.map(passkeyOf)
  }

  async lock(tx: Transaction, userId: UserId, credentialId: string): Promise<Passkey | null> {
    const [row] = await tx.query<PasskeyRow>(
      `select ${columns} from passkey where user_id = $1 and credential_id = $2 for update`,
      [userId, credentialId],
    )
    return row === undefined ? null : passkeyOf(row)
  }

  async use(tx: Transaction, id: PasskeyId, counter: number): Promise<Date> {
    const [row] = await tx.query<{ now: Date }>(
      `update passkey set counter = $2, last_used_at = now() where id = $1
       returning date_trunc('milliseconds', clock_timestamp()) as now`,
      [id, counter],
    )
    if (row === undefined) throw new Error('a passkey that was locked is gone')
    return row.now
  }

  async remove(tx: Transaction, userId: UserId, id: PasskeyId): Promise<boolean> {
    const removed = await tx.query('delete from passkey where user_id = $1 and id = $2 returning id', [userId, id])
    return removed.length > 0
  }

  async removeAll(tx: Transaction, userId: UserId): Promise<boolean> {
    return (await tx.query('delete from passkey where user_id = $1 returning id', [userId])).length > 0
  }

  async addChallenge(hash: Buffer, userId: UserId | null, lifetimeMs: number): Promise<void> {
    await this.database.query(
      `with swept as (
         delete from passkey_challenge where ctid in (
           select ctid from passkey_challenge where expires_at < now() limit ${sweepRows} for update skip locked)
       )
       insert into passkey_challenge (hash, user_id, expires_at) values ($1, $2, now() + $3 * interval '1 millisecond')`,
      [hash, userId, lifetimeMs],
    )
  }

  async takeChallenge(tx: Transaction, hash: Buffer, userId: UserId | null): Promise<boolean> {
    const taken = await tx.query(
      `delete from passkey_challenge
       where hash = $1 and user_id is not distinct from $2::uuid and expires_at > now() returning hash`,
      [hash, userId],
    )
    return taken.length > 0
  }
}

function passkeyOf(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: Number(row.counter),
    transports: row.transports,
    backedUp: row.backed_up,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
