/**
 * Accounts and their sealed credentials in PostgreSQL. Called by account use cases and the session registry.
 * Must never answer a credential to anything but the session registry.
 */
import type { Venue } from '@tradewire/contracts/common'
import { accountConnected } from '@tradewire/contracts/events/brokers'
import type { BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { idEndOf, IdSource } from '@tradewire/kernel/ids'
import { partitionOf } from '@tradewire/kernel/partition'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { SealedSecrets } from '@tradewire/kernel/sealing'
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import {
  type Account,
  type AccountChanges,
  type AccountKey,
  type AccountStatus,
  type NewAccount,
} from '#domain/account/account'
import { type EarlierLeverage, untoldBelievedMs } from '#domain/account/believed-leverages'
import type { Reason } from '#domain/attempt/attempt'
import { type AccountFilter, type AccountNews, Accounts, type UnsealedAccount } from '#ports/accounts.port'
import { type Allowance, Allowances } from '#ports/allowances.port'
import { MasterKeysUnavailable } from '#ports/master-keys.port'
import { CredentialSealer } from './credential-sealer.store.ts'

interface AccountRow {
  readonly id: string
  readonly user_id: string
  readonly venue: Venue
  readonly environment: BrokerEnvironment
  readonly label: string
  readonly active: boolean
  readonly key_hint: string | null
  readonly key_ip_bound: boolean | null
  readonly key_expires_at: Date | null
  readonly status: AccountStatus
  readonly reason_code: string | null
  readonly reason_message: string | null
  readonly partition: number
  readonly created_at: Date
  readonly changed_at: Date
}

interface SecretRow extends AccountRow {
  readonly master_version: number
  readonly data_key: Buffer
  readonly fields: Record<string, string>
  readonly leverages: readonly EarlierLeverage[] | null
}

const columns = `a.id, a.user_id, a.venue, a.environment, a.label, a.active, a.key_hint, a.key_ip_bound, a.key_expires_at, a.status,
  a.reason_code, a.reason_message, a.partition, a.created_at, a.changed_at`

@Injectable()
export class AccountStore extends Accounts {
  constructor(
    private readonly database: Database,
    private readonly allowances: Allowances,
    private readonly sealer: CredentialSealer,
    private readonly ids: IdSource,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
  }

  async connect(made: NewAccount, credentials: Record<string, string>): Promise<Result<Account, Allowance>> {
    const id = this.ids.next()
    const account = { ...made, id, active: true, partition: partitionOf(id) }
    // Before the transaction: the holder of the master keys may be slow, and the allowance is locked in it.
    const sealed = await this.sealer.seal({ userId: account.userId, subject: id }, credentials)
    return this.database.transact(async (tx) => {
      const allowed = await this.allowances.lock(tx, account.userId, account.createdAt)
      if (allowed !== undefined && allowed.accounts >= allowed.accountsMax) return err(allowed)
      await this.insert(tx, account, sealed)
      const { id: accountId, userId, venue, environment, label } = account
      const connectedAt = account.createdAt.toISOString()
      tx.append(accountConnected, { accountId, userId, venue, environment, label, connectedAt })
      return ok(account)
    })
  }

  private async insert(tx: Transaction, account: Account, sealed: SealedSecrets): Promise<void> {
    await tx.query(
      `insert into account (id, user_id, venue, environment, label, key_hint, key_ip_bound, key_expires_at, status, partition)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        account.id,
        account.userId,
        account.venue,
        account.environment,
        account.label,
        account.keyHint,
        account.key.ipBound,
        account.key.expiresAt,
        account.status,
        account.partition,
      ],
    )
    await tx.query(
      `insert into account_secret (account_id, master_version, data_key, fields) values ($1, $2, $3, $4)`,
      [account.id, sealed.masterVersion, sealed.dataKey, JSON.stringify(sealed.fields)],
    )
  }

  async get(accountId: string, seenBy: string | undefined): Promise<Account | null> {
    const rows = await this.database.queryOwn<AccountRow>(
      seenBy,
      `select ${columns} from account a where a.id = $1 and a.removed_at is null`,
      [accountId],
    )
    return rows[0] === undefined ? null : accountOf(rows[0])
  }

  async list(filter: AccountFilter): Promise<Account[]> {
    const rows = await this.database.queryOwn<AccountRow>(
      filter.seenBy,
      `select ${columns} from account a
       where a.removed_at is null and ($1::uuid is null or a.id < $1) and ($3::uuid is null or a.user_id = $3)
         and ($4::text[] is null or a.venue = any($4)) and ($5::text is null or a.status = $5)
         and ($6::uuid[] is null or a.id = any($6))
         and ($7::text is null or a.label = $7 or right(a.id::text, 12) = $8)
       order by a.id desc limit $2`,
      [
        filter.afterId ?? null,
        filter.limit,
        filter.userId ?? null,
        filter.venues ?? null,
        filter.status ?? null,
        filter.accountIds ?? null,
        filter.called ?? null,
        filter.called === undefined ? null : idEndOf(Number(filter.called)),
      ],
    )
    return rows.map(accountOf)
  }

  /** With credentials, for the session registry alone. */
  async unseal(accountIds: readonly string[]): Promise<UnsealedAccount[]> {
    const rows = await this.database.query<SecretRow>(
      `select ${columns}, s.master_version, s.data_key, s.fields, (
         select json_agg(json_build_object('symbol', l.symbol, 'leverage', l.leverage, 'ageMs', l.age_ms))
         from (
           select symbol, leverage, extract(epoch from clock_timestamp() - set_at) * 1000 as age_ms
           from account_leverage where account_id = a.id
         ) l where l.age_ms < $2::int
       ) as leverages
       from account a join account_secret s on s.account_id = a.id
       where a.id = any($1::uuid[]) and a.removed_at is null`,
      [accountIds, untoldBelievedMs],
    )
    const opened = await this.sealer.openAll(
      rows.map((row) => ({
        owner: { userId: row.user_id, subject: row.id },
        sealed: { masterVersion: row.master_version, dataKey: row.data_key, fields: row.fields },
      })),
    )
    return rows.flatMap((row, index) => this.openedOrTold(row, opened[index] ?? null))
  }

  async unsealOne(accountId: string): Promise<UnsealedAccount | 'keys-unavailable' | undefined> {
    try {
      const [unsealed] = await this.unseal([accountId])
      return unsealed
    } catch (error) {
      if (error instanceof MasterKeysUnavailable) return 'keys-unavailable'
      throw error
    }
  }

  async changedSince(partitions: readonly number[], since: Date | null): Promise<AccountNews> {
    const rows = await this.database.query<{ id: string | null; usable: boolean | null; at: Date }>(
      `select a.id, a.removed_at is null and a.status <> 'UNAUTHORIZED' as usable, clock_timestamp() as at
       from (select 1) as always left join account a
         on a.partition = any($1::smallint[]) and a.changed_at > coalesce($2::timestamptz, '-infinity')`,
      [partitions, since],
    )
    const idsOf = (usable: boolean): string[] =>
      rows.flatMap((row) => (row.id !== null && row.usable === usable ? [row.id] : []))
    return { usable: idsOf(true), unusable: idsOf(false), at: rows[0]?.at ?? new Date(0) }
  }

  /** Answers the account when its status really changed: callers tell of that once. */
  async setStatus(
    tx: Transaction,
    accountId: string,
    change: { readonly status: AccountStatus; readonly reason: Reason | null },
  ): Promise<Account | null> {
    const rows = await tx.query<AccountRow>(
      `update account a set status = $2, reason_code = $3, reason_message = $4, changed_at = clock_timestamp()
       where a.id = $1 and a.removed_at is null and a.status <> $2 returning ${columns}`,
      [accountId, change.status, change.reason?.code ?? null, change.reason?.message ?? null],
    )
    return rows[0] === undefined ? null : accountOf(rows[0])
  }

  async change(tx: Transaction, accountId: string, { label, active }: AccountChanges): Promise<Account | null> {
    const rows = await tx.query<AccountRow>(
      `update account a set label = coalesce($2::text, a.label), active = coalesce($3::boolean, a.active), changed_at = clock_timestamp()
       where a.id = $1 and a.removed_at is null and (a.label <> $2 or a.active <> $3) returning ${columns}`,
      [accountId, label ?? null, active ?? null],
    )
    return rows[0] === undefined ? null : accountOf(rows[0])
  }

  async noteKey(accountId: string, { ipBound, expiresAt }: AccountKey): Promise<void> {
    await this.database.query(
      `update account set key_ip_bound = $2, key_expires_at = $3, changed_at = clock_timestamp(),
         key_warned_days = case when key_expires_at is distinct from $3::timestamptz then null else key_warned_days end
       where id = $1 and removed_at is null and (key_ip_bound, key_expires_at) is distinct from ($2::boolean, $3::timestamptz)`,
      [accountId, ipBound, expiresAt],
    )
  }

  /** Destroys the credentials and keeps the row, whose id stands in trades and attempts. */
  async remove(tx: Transaction, accountId: string): Promise<void> {
    await tx.query('delete from account_secret where account_id = $1', [accountId])
    await tx.query('update account set removed_at = clock_timestamp(), changed_at = clock_timestamp() where id = $1', [
      accountId,
    ])
  }

  /** One that cannot be opened must not keep the others of its statement from trading. */
  private openedOrTold(row: SecretRow, credentials: Record<string, string> | null): UnsealedAccount[] {
    if (credentials !== null) return [{ account: accountOf(row), credentials, leverages: row.leverages ?? [] }]
    const { id: accountId, master_version: masterVersion } = row
    this.logger.error({ accountId, masterVersion }, 'the credentials of an account cannot be opened')
    return []
  }
}

function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    userId: row.user_id,
    venue: row.venue,
    environment: row.environment,
    label: row.label,
    active: row.active,
    keyHint: row.key_hint,
    key: { ipBound: row.key_ip_bound, expiresAt: row.key_expires_at },
    status: row.status,
    reason: row.reason_code === null ? null : { code: row.reason_code, message: row.reason_message ?? '' },
    partition: row.partition,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}
