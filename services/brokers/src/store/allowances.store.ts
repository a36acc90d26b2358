/** What plans allow of accounts, in PostgreSQL. Called through the Allowances port. Must never count an account that was removed. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { type Allowance, type AllowanceNews, Allowances } from '#ports/allowances.port'

const rememberSql = `insert into account_allowance (user_id, plan, accounts_max, ends_at, revision)
select distinct on (user_id) * from unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::int[])
  as news (user_id, plan, accounts_max, ends_at, revision) order by user_id, revision desc
on conflict (user_id) do update set plan = excluded.plan, accounts_max = excluded.accounts_max,
  ends_at = excluded.ends_at, revision = excluded.revision
where excluded.revision > account_allowance.revision`

const lockSql = `select plan, case when ends_at <= $2 then 0 else accounts_max end as "accountsMax"
from account_allowance where user_id = $1 for update`

@Injectable()
export class AllowancesStore extends Allowances {
  async remember(tx: Transaction, news: readonly AllowanceNews[]): Promise<void> {
    await tx.query(rememberSql, [
      news.map(({ userId }) => userId),
      news.map(({ plan }) => plan),
      news.map(({ maxApiKeys }) => maxApiKeys),
      news.map(({ endsAt }) => endsAt),
      news.map(({ revision }) => revision),
    ])
  }

  async lock(tx: Transaction, userId: string, now: Date): Promise<Allowance | undefined> {
    const [allowed] = await tx.query<Omit<Allowance, 'accounts'>>(lockSql, [userId, now])
    if (allowed === undefined) return undefined
    // A statement of its own: it sees what was connected while this one waited for its lock.
    const [row] = await tx.query<{ accounts: number }>(
      'select count(*)::int as accounts from account where user_id = $1 and removed_at is null',
      [userId],
    )
    return { ...allowed, accounts: row?.accounts ?? 0 }
  }
}
