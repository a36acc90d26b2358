/** Accounts' worth in PostgreSQL. Called through the Worths port. Must never write row by row. */
import { Injectable } from '@nestjs/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { accountConnected, accountDisconnected, balanceUpdated } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { decimal } from '@tradewire/kernel/decimal'
import { dollars, type DollarRate } from '../domain/dollar-rates.ts'
import { type AccountTotal, type BalanceDay, type DayWindow, type Worth, Worths } from '../ports/worths.port.ts'

/** Of one account in one batch the newest stays; the day's row is written again only when something changed. */
const RECORD_BALANCES = `
insert into balance_day (account_id, day, currency, total, equity, usd_rate, observed_at)
select distinct on (b.account_id, day) b.account_id, (b.observed_at at time zone 'UTC')::date as day, b.currency,
  b.total, b.equity, case when b.currency = any($2::text[]) then 1 else r.usd end, b.observed_at
from jsonb_to_recordset($1::jsonb) as b(account_id uuid, currency text, total numeric, equity numeric,
    observed_at timestamptz)
  left join account a on a.account_id = b.account_id
  left join usd_rate r on r.environment = a.environment and r.currency = b.currency
order by b.account_id, day, b.observed_at desc
on conflict (account_id, day) do update set currency = excluded.currency, total = excluded.total,
  equity = excluded.equity, usd_rate = excluded.usd_rate, observed_at = excluded.observed_at
where excluded.observed_at > balance_day.observed_at
  and (excluded.total, excluded.equity, excluded.currency, excluded.usd_rate)
    is distinct from (balance_day.total, balance_day.equity, balance_day.currency, balance_day.usd_rate)`

const LATEST = `(select * from balance_day d where d.account_id = a.account_id order by d.day desc limit 1)`

interface WorthRow {
  readonly account_id: string
  readonly equity_usd: string | null
  readonly total_usd: string | null
  readonly observed_at: Date
}

@Injectable()
export class SqlWorths extends Worths {
  constructor(private readonly database: Database) {
    super()
  }

  async rememberAccounts(tx: Transaction, accounts: readonly DataOf<typeof accountConnected>[]): Promise<void> {
    await tx.query(
      `insert into account (account_id, user_id, environment, changed_at)
       select distinct on (account_id) account_id, user_id, environment, changed_at
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as t(account_id, user_id, environment, changed_at)
       order by account_id, changed_at desc
       on conflict (account_id) do update set user_id = excluded.user_id, changed_at = excluded.changed_at,
         removed_at = null where excluded.changed_at > account.changed_at`,
      [
        accounts.map(({ accountId }) => accountId),
        accounts.map(({ userId }) => userId),
        accounts.map(({ environment }) => environment),
        accounts.map(({ connectedAt }) => connectedAt),
      ],
    )
  }

  async forgetAccounts(tx: Transaction, accounts: readonly DataOf<typeof accountDisconnected>[]): Promise<void> {
    // An account may be told gone before it was told connected.
    await tx.query(
      `insert into account (account_id, user_id, environment, changed_at, removed_at)
       select distinct on (account_id) account_id, user_id, environment, removed_at, removed_at
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as t(account_id, user_id, environment, removed_at)
       order by account_id, removed_at desc
       on conflict (account_id) do update set removed_at = excluded.removed_at, changed_at = excluded.changed_at
         where excluded.changed_at >= account.changed_at`,
      [
        accounts.map(({ accountId }) => accountId),
        accounts.map(({ userId }) => userId),
        accounts.map(({ environment }) => environment),
        accounts.map(({ disconnectedAt }) => disconnectedAt),
      ],
    )
  }

  async recordRates(tx: Transaction, rates: readonly DollarRate[]): Promise<void> {
    await tx.query(
      `insert into usd_rate (environment, currency, usd, observed_at)
       select distinct on (environment, currency) environment, currency, usd, observed_at
       from unnest($1::text[], $2::text[], $3::numeric[], $4::timestamptz[]) as t(environment, currency, usd, observed_at)
       order by environment, currency, observed_at desc
       on conflict (environment, currency) do update set usd = excluded.usd, observed_at = excluded.observed_at
         where excluded.observed_at > usd_rate.observed_at`,
      [
        rates.map(({ environment }) => environment),
        rates.map(({ currency }) => currency),
        rates.map(({ usd }) => usd),
        rates.map(({ observedAt }) => observedAt),
      ],
    )
  }

  async recordBalances(tx: Transaction, balances: readonly DataOf<typeof balanceUpdated>[]): Promise<void> {
    const rows = balances.map(({ accountId, currency, total, equity, observedAt }) => ({
      account_id: accountId,
      currency,
      total,
      equity,
      observed_at: observedAt,
    }))
    await tx.query(RECORD_BALANCES, [JSON.stringify(rows), dollars])
  }

  async find(accountIds: readonly string[], userId: string | undefined): Promise<Worth[]> {
    const rows = await this.database.queryOwn<WorthRow>(
      userId ?? null,
      `select a.account_id, d.equity * d.usd_rate as equity_usd, d.total * d.usd_rate as total_usd, d.observed_at
       from account a cross join lateral ${LATEST} d
       where a.account_id = any($1::uuid[]) and ($2::uuid is null or a.user_id = $2)`,
      [accountIds, userId ?? null],
    )
    return rows.map((row) => ({
      accountId: row.account_id,
      equityUsd: exact(row.equity_usd),
      totalUsd: exact(row.total_usd),
      observedAt: row.observed_at.toISOString(),
    }))
  }

  async days(accountId: string, userId: string | undefined, window: DayWindow): Promise<BalanceDay[]> {
    const rows = await this.database.queryOwn<{ day: string; usd: string | null }>(
      userId ?? null,
      `select d.day::text as day, d.equity * d.usd_rate as usd
       from balance_day d join account a on a.account_id = d.account_id
       where d.account_id = $1 and ($2::uuid is null or a.user_id = $2)
         and ($3::timestamptz is null or d.day >= ($3::timestamptz at time zone 'UTC')::date)
         and ($4::date is null or d.day < $4)
       order by d.day desc limit $5`,
      [accountId, userId ?? null, window.from ?? null, window.before ?? null, window.limit],
    )
    return rows.map(({ day, usd }) => ({ date: day, usd: exact(usd) }))
  }

  async ofUser(userId: string): Promise<string> {
    const [row] = await this.database.queryOwn<{ usd: string }>(
      userId,
      `select coalesce(sum(d.equity * d.usd_rate), 0) as usd from account a cross join lateral ${LATEST} d
       where a.user_id = $1 and a.removed_at is null`,
      [userId],
    )
    return exact(row?.usd ?? '0') ?? '0'
  }

  totals(accountIds: readonly string[]): Promise<AccountTotal[]> {
    return this.database.query<AccountTotal>(
      `select a.account_id as "accountId", d.total::text as total, d.currency
       from unnest($1::uuid[]) as a(account_id) cross join lateral ${LATEST} d`,
      [accountIds],
    )
  }

  dollarRates(currencies: readonly string[]): Promise<Pick<DollarRate, 'currency' | 'usd'>[]> {
    return this.database.query(
      `select c.currency, (case when c.currency = any($2::text[]) then 1 else r.usd end)::text as usd
       from unnest($1::text[]) as c(currency)
         left join lateral (
           select usd from usd_rate where usd_rate.currency = c.currency order by environment = 'live' desc limit 1
         ) r on true
       where c.currency = any($2::text[]) or r.usd is not null`,
      [currencies, dollars],
    )
  }
}

/** A product of numerics has trailing zeros. */
function exact(text: string | null): string | null {
  return text === null ? null : decimal(text).toString()
}
