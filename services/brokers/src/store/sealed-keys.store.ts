/**
 * Brings data keys under the newest master key, a few at a time. Called by the rotation of keys.
 * Must never hold a row that somebody else needs, nor open a credential: only its data key changes hands.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { SealOwner } from '@tradewire/kernel/sealing'
import { type MasterVersionUse, SealedKeys } from '#ports/sealed-keys.port'
import { CredentialSealer } from './credential-sealer.store.ts'
import { sealOwnerOf } from './credentials-key.store.ts'

interface KeyRow {
  readonly id: string
  /** Null for the keys of the service itself. */
  readonly user_id: string | null
  readonly master_version: number
  readonly data_key: Buffer
}

const rowsPerCommit = 500

const sources = [
  {
    select: `select s.account_id as id, a.user_id, s.master_version, s.data_key
             from account_secret s join account a on a.id = s.account_id
             where s.master_version < $1 limit $2 for update of s skip locked`,
    update: `update account_secret s set master_version = v.master_version, data_key = v.data_key
             from unnest($1::int[], $2::uuid[], $3::bytea[]) as v (master_version, id, data_key) where s.account_id = v.id`,
  },
  {
    select: `select id, null as user_id, master_version, data_key from credentials_key
             where master_version < $1 limit $2 for update skip locked`,
    update: `update credentials_key k set master_version = v.master_version, data_key = v.data_key
             from unnest($1::int[], $2::uuid[], $3::bytea[]) as v (master_version, id, data_key) where k.id = v.id`,
  },
] as const
type Source = (typeof sources)[number]

@Injectable()
export class SealedKeyStore extends SealedKeys {
  constructor(
    private readonly database: Database,
    private readonly sealer: CredentialSealer,
  ) {
    super()
  }

  newestVersion(): Promise<number> {
    return this.sealer.newestVersion()
  }

  async rewrapSome(newest: number): Promise<number> {
    for (const source of sources) {
      const done = await this.database.transact((tx) => this.rewrap(tx, source, newest))
      if (done > 0) return done
    }
    return 0
  }

  async versionsInUse(): Promise<readonly MasterVersionUse[]> {
    return this.database.query<MasterVersionUse>(
      `select master_version as version, count(*)::int as sealed
       from (select master_version from account_secret union all select master_version from credentials_key) as every_key
       group by master_version order by master_version`,
    )
  }

  private async rewrap(tx: Transaction, { select, update }: Source, newest: number): Promise<number> {
    const rows = await tx.query<KeyRow>(select, [newest, rowsPerCommit])
    if (rows.length === 0) return 0
    const wrapped = await this.sealer.rewrapAll(
      rows.map((row) => ({ owner: ownerOf(row), masterVersion: row.master_version, dataKey: row.data_key })),
    )
    const versions = wrapped.map(({ masterVersion }) => masterVersion)
    await tx.query(update, [versions, rows.map(({ id }) => id), wrapped.map(({ dataKey }) => dataKey)])
    return rows.length
  }
}

function ownerOf({ id, user_id: userId }: KeyRow): SealOwner {
  return userId === null ? sealOwnerOf(id) : { userId, subject: id }
}
