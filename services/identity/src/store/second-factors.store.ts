/** Second factors in PostgreSQL, sealed. Implements the SecondFactors port. Must never let a secret out but to be judged. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { MasterKeys, Sealer, type SealOwner } from '@tradewire/kernel/sealing'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import type { AttemptCount } from '#domain/limits/login-throttle'
import { SecondFactors, type LockedFactor } from '#ports/second-factors.port'

interface FactorRow {
  readonly master_version: number
  readonly data_key: Buffer
  readonly fields: Record<string, string>
  readonly confirmed_at: Date | null
  readonly last_step: string
  readonly attempts: number
  readonly window_started_at: Date
  readonly now: Date
}

@Injectable()
export class SqlSecondFactors extends SecondFactors {
  private readonly sealer: Sealer

  constructor(@InjectConfig() { masterKey }: IdentityConfig, randomness: Randomness) {
    super()
    this.sealer = new Sealer(MasterKeys.parse(masterKey), randomness)
  }

  async offer(tx: Transaction, userId: UserId, secret: string): Promise<boolean> {
    const { masterVersion, dataKey, fields } = this.sealer.seal(ownerOf(userId), { secret })
    const rows = await tx.query(
      `insert into second_factor as held (user_id, master_version, data_key, fields) values ($1, $2, $3, $4)
       on conflict (user_id) do update set master_version = $2, data_key = $3, fields = $4, last_step = 0
       where held.confirmed_at is null returning user_id`,
      [userId, masterVersion, dataKey, JSON.stringify(fields)],
    )
    return rows.length > 0
  }

  async lock(tx: Transaction, userId: UserId): Promise<LockedFactor | null> {
    const [row] = await tx.query<FactorRow>(
      `select master_version, data_key, fields, confirmed_at, last_step, attempts, window_started_at,
         date_trunc('milliseconds', clock_timestamp()) as now
       from second_factor where user_id = $1 for update`,
      [userId],
    )
    if (row === undefined) return null
    const { master_version: masterVersion, data_key: dataKey, fields } = row
    const { secret } = this.sealer.open(ownerOf(userId), { masterVersion, dataKey, fields })
    if (secret === undefined) throw new Error('a second factor without a secret is stored')
    const { confirmed_at: confirmedAt, attempts, window_started_at: windowStartedAt, now } = row
    return { secret, confirmedAt, lastStep: Number(row.last_step), attempts, windowStartedAt, now }
  }

  async confirm(tx: Transaction, userId: UserId, recoveryHashes: readonly Buffer[]): Promise<void> {
    await tx.query('update second_factor set confirmed_at = now() where user_id = $1', [userId])
    await tx.query('insert into recovery_code (user_id, hash) select $1, hash from unnest($2::bytea[]) as c (hash)', [
      userId,
      recoveryHashes,
    ])
  }

  async count(tx: Transaction, userId: UserId, { attempts, windowStartedAt }: AttemptCount): Promise<void> {
    await tx.query('update second_factor set attempts = $2, window_started_at = $3 where user_id = $1', [
      userId,
      attempts,
      windowStartedAt,
    ])
  }

  async take(tx: Transaction, userId: UserId, step: number): Promise<void> {
    await tx.query('update second_factor set last_step = $2, attempts = 0 where user_id = $1', [userId, step])
  }

  async takeRecovery(tx: Transaction, userId: UserId, hash: Buffer): Promise<boolean> {
    const rows = await tx.query(
      `with used as (
         update recovery_code set used_at = now() where user_id = $1 and hash = $2 and used_at is null returning user_id
       )
       update second_factor f set attempts = 0 from used where f.user_id = used.user_id returning f.user_id`,
      [userId, hash],
    )
    return rows.length > 0
  }

  async remove(tx: Transaction, userId: UserId): Promise<boolean> {
    await tx.query('delete from recovery_code where user_id = $1', [userId])
    const rows = await tx.query<{ confirmed: boolean }>(
      'delete from second_factor where user_id = $1 returning confirmed_at is not null as confirmed',
      [userId],
    )
    return rows[0]?.confirmed === true
  }
}

function ownerOf(userId: UserId): SealOwner {
  return { userId, subject: 'second-factor' }
}
