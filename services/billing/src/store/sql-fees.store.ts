/** Agreements, marks and performance fees in PostgreSQL. Called through the Fees port. Must never change a fee that was written. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { Decimal } from '@tradewire/kernel/decimal'
import type { BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { DueAgreement, FeeAgreement, FeeLine, FeeOffer, PerformanceFee, ShownFee } from '../domain/fees/fee.ts'
import { nothingTraded, type Mark } from '../domain/fees/performance-fee.ts'
import { Fees, type Beginning, type FeeWindow, type FollowNews } from '../ports/fees.port.ts'
import {
  feeParameters,
  toAgreement,
  toDue,
  toFee,
  toLine,
  type AgreementRow,
  type DueRow,
  type FeeRow,
  type LineRow,
} from './fees.mapper.ts'

/** The tables read in the last part are as they were before: a CTE's rows are not seen there. */
const SAVE_FOLLOWS = `
with saved as (
  insert into follow (follow_id, user_id, strategy_id, account_id, active, revision)
  select distinct on (follow_id) follow_id, user_id, strategy_id, account_id, active, revision
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::boolean[], $6::int[])
    as news (follow_id, user_id, strategy_id, account_id, active, revision)
  order by follow_id, revision desc
  on conflict (follow_id) do update set active = excluded.active, revision = excluded.revision
    where follow.revision < excluded.revision
  returning follow_id, user_id, strategy_id, active)
select distinct saved.user_id, saved.strategy_id, offer.percent, offer.cycle
from saved join fee_offer offer using (strategy_id) join strategy using (strategy_id)
where saved.active and offer.percent > 0 and strategy.owner_id <> saved.user_id and not exists (
  select from follow before
  where before.user_id = saved.user_id and before.strategy_id = saved.strategy_id and before.active)`

const SAVE_AGREEMENTS = `
insert into fee_agreement (id, user_id, strategy_id, percent, cycle, agreed_at, period_start, closes_at, look_at)
select id, user_id, strategy_id, percent, cycle, agreed_at, agreed_at, closes_at, closes_at
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[], $5::text[], $6::timestamptz[], $7::timestamptz[])
  as a (id, user_id, strategy_id, percent, cycle, agreed_at, closes_at)
on conflict (user_id, strategy_id) do update set percent = excluded.percent, cycle = excluded.cycle`

const INSERT_FEE = `
insert into performance_fee (id, agreement_id, user_id, strategy_id, strategy_name, owner_id, owner_percent,
  period_start, period_end, percent, ledger_currency, rate, result, profit_before, profit_after, high_water_before,
  high_water_after, chargeable, currency, minor, closed_at, charged_minor, tax)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`

const INSERT_LINES = `
insert into performance_trade (fee_id, line, trade_id, follow_id, symbol, realized_pnl, closed_at)
select $1, line, trade_id, follow_id, symbol, realized_pnl, closed_at
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::numeric[], $6::timestamptz[])
  with ordinality as t (trade_id, follow_id, symbol, realized_pnl, closed_at, line)`

const DUE = `
select agreement.*, strategy.name as strategy_name, strategy.owner_id, offer.percent as asked
from fee_agreement agreement join strategy using (strategy_id) left join fee_offer offer using (strategy_id)
where closes_at <= $1 and look_at <= $2 order by look_at limit $3`

const SHOWN = `
select fee.*, invoice.id as invoice_id, exists (
  select from payment where payment.fee_id = fee.id and payment.progress = 'succeeded'
    and payment.status not in ('refunded', 'charged-back') and payment.surplus is null) as paid
from performance_fee fee left join invoice on invoice.fee_id = fee.id`

@Injectable()
export class SqlFees extends Fees {
  constructor(private readonly database: Database) {
    super()
  }

  async saveOffer(strategyId: string, { percent, cycle }: FeeOffer, now: Date): Promise<void> {
    await this.database.query(
      `insert into fee_offer (strategy_id, percent, cycle, changed_at) values ($1, $2, $3, $4)
       on conflict (strategy_id) do update set percent = excluded.percent, cycle = excluded.cycle,
         changed_at = excluded.changed_at`,
      [strategyId, percent.toString(), cycle, now],
    )
  }

  async offer(strategyId: string): Promise<FeeOffer | null> {
    const [row] = await this.database.query<{ percent: string; cycle: BillingCycle }>(
      'select percent, cycle from fee_offer where strategy_id = $1',
      [strategyId],
    )
    return row === undefined ? null : { percent: new Decimal(row.percent), cycle: row.cycle }
  }

  async saveFollows(tx: Transaction, follows: readonly FollowNews[]): Promise<Beginning[]> {
    const rows = await tx.query<{ user_id: string; strategy_id: string; percent: string; cycle: BillingCycle }>(
      SAVE_FOLLOWS,
      [
        follows.map(({ followId }) => followId),
        follows.map(({ userId }) => userId),
        follows.map(({ strategyId }) => strategyId),
        follows.map(({ accountId }) => accountId),
        follows.map(({ active }) => active),
        follows.map(({ revision }) => revision),
      ],
    )
    return rows.map((row) => ({
      userId: row.user_id,
      strategyId: row.strategy_id,
      offer: { percent: new Decimal(row.percent), cycle: row.cycle },
    }))
  }

  async saveAgreements(tx: Transaction, agreements: readonly FeeAgreement[]): Promise<void> {
    await tx.query(SAVE_AGREEMENTS, [
      agreements.map(({ id }) => id),
      agreements.map(({ userId }) => userId),
      agreements.map(({ strategyId }) => strategyId),
      agreements.map(({ percent }) => percent.toString()),
      agreements.map(({ cycle }) => cycle),
      agreements.map(({ agreedAt }) => agreedAt),
      agreements.map(({ closesAt }) => closesAt),
    ])
  }

  async due(closedBefore: Date, now: Date, limit: number): Promise<Omit<DueAgreement, 'tax'>[]> {
    const rows = await this.database.query<DueRow>(DUE, [closedBefore, now, limit])
    return rows.map(toDue)
  }

  async putOff(agreementId: string, until: Date): Promise<void> {
    await this.database.query('update fee_agreement set look_at = $2 where id = $1', [agreementId, until])
  }

  async lockAgreement(tx: Transaction, { id, closesAt }: FeeAgreement): Promise<FeeAgreement | undefined> {
    const [row] = await tx.query<AgreementRow>(
      'select * from fee_agreement where id = $1 and closes_at = $2 for update',
      [id, closesAt],
    )
    return row && toAgreement(row)
  }

  async openPeriod(tx: Transaction, { id, periodStart, closesAt }: FeeAgreement): Promise<void> {
    await tx.query('update fee_agreement set period_start = $2, closes_at = $3, look_at = $3 where id = $1', [
      id,
      periodStart,
      closesAt,
    ])
  }

  async counted(tx: Transaction, tradeIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ trade_id: string }>(
      'select trade_id from performance_trade where trade_id = any($1::uuid[])',
      [tradeIds],
    )
    return new Set(rows.map((row) => row.trade_id))
  }

  async mark(tx: Transaction, agreementId: string, ledgerCurrency: string): Promise<Mark> {
    const [row] = await tx.query<{ profit_after: string; high_water_after: string }>(
      `select profit_after, high_water_after from performance_fee
       where agreement_id = $1 and ledger_currency = $2 order by period_end desc limit 1`,
      [agreementId, ledgerCurrency],
    )
    if (row === undefined) return nothingTraded
    return { profit: new Decimal(row.profit_after), highWater: new Decimal(row.high_water_after) }
  }

  async insertFee(tx: Transaction, fee: PerformanceFee, lines: readonly FeeLine[]): Promise<void> {
    await tx.query(INSERT_FEE, feeParameters(fee))
    await tx.query(INSERT_LINES, [
      fee.id,
      lines.map(({ tradeId }) => tradeId),
      lines.map(({ followId }) => followId),
      lines.map(({ symbol }) => symbol),
      lines.map(({ realizedPnl }) => realizedPnl.toString()),
      lines.map(({ closedAt }) => closedAt),
    ])
  }

  async find(id: string, seenBy: string | undefined): Promise<ShownFee | undefined> {
    const [row] = await this.database.queryOwn<FeeRow>(seenBy, `${SHOWN} where fee.id = $1`, [id])
    return row && toFee(row)
  }

  async lines(feeId: string, seenBy: string | undefined): Promise<FeeLine[]> {
    const sql = 'select * from performance_trade where fee_id = $1 order by line'
    const rows = await this.database.queryOwn<LineRow>(seenBy, sql, [feeId])
    return rows.map(toLine)
  }

  async list({ userId, strategyId, afterId, limit }: FeeWindow): Promise<ShownFee[]> {
    const rows = await this.database.queryOwn<FeeRow>(
      userId,
      `${SHOWN} where ($1::uuid is null or fee.user_id = $1) and ($2::uuid is null or fee.strategy_id = $2)
         and ($3::uuid is null or fee.id < $3) order by fee.id desc limit $4`,
      [userId ?? null, strategyId ?? null, afterId ?? null, limit],
    )
    return rows.map(toFee)
  }
}
