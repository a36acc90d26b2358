/** Plans, prices, products and discounts in PostgreSQL. Called through the Catalogue port. Must never change what was sold. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { Product } from '../domain/bills/bill.ts'
import type { BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { Currency } from '../domain/money/currency.ts'
import { money } from '../domain/money/money.ts'
import type { Plan } from '../domain/subscriptions/plan.ts'
import {
  Catalogue,
  type NamedDiscount,
  type Offer,
  type ProductWindow,
  type StrategyFacts,
} from '../ports/catalogue.port.ts'
import { toDiscount, toPlan, toProduct, type DiscountRow, type PlanRow, type ProductRow } from './catalogue.mapper.ts'

const SAVE_PLAN = `
insert into plan (id, name, monthly_minor, max_balance, max_api_keys, max_positions, private, strategy_automated,
  premium, is_default, created_at, updated_at, trial_days, removed_at)
select $1, $2::text, $3::bigint, $4::numeric, $5::int, $6::int, $7::boolean, $8::boolean, $9::boolean,
  $10::boolean, $11::timestamptz, $12::timestamptz, $13::int, $14::timestamptz
where not exists (
  select 1 from plan where plan.id <> $1 and removed_at is null and (plan.name = $2::text or (plan.is_default and $10::boolean)))
on conflict (id) do update set name = excluded.name, monthly_minor = excluded.monthly_minor,
  max_balance = excluded.max_balance, max_api_keys = excluded.max_api_keys, max_positions = excluded.max_positions,
  private = excluded.private, strategy_automated = excluded.strategy_automated, premium = excluded.premium,
  updated_at = excluded.updated_at, trial_days = excluded.trial_days, removed_at = excluded.removed_at, listed = false
returning id`

const SAVE_STRATEGIES = `
insert into strategy (strategy_id, owner_id, name, revision)
select distinct on (id) id, owner, name, revision
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) as news (id, owner, name, revision)
order by id, revision desc
on conflict (strategy_id) do update set owner_id = excluded.owner_id, name = excluded.name, revision = excluded.revision,
  listed = strategy.listed and strategy.name = excluded.name
where strategy.revision < excluded.revision`

const PRODUCTS = `
select * from product
where removed_at is null and ($1::uuid[] is null or id = any($1)) and ($2::text[] is null or category = any($2))
  and ($3::text is null or position(lower($3) in lower(name)) > 0) and ($4::uuid is null or id < $4)
order by id desc limit $5`

const INSERT_PRODUCTS = `
insert into product (id, name, category, description, currency, minor, created_at)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[])`

const SAVE_DISCOUNT = `
insert into discount (code, percent, minor, currency, ends_at) values ($1, $2, $3, $4, $5)
on conflict (code) do update set percent = excluded.percent, minor = excluded.minor, currency = excluded.currency,
  ends_at = excluded.ends_at`

@Injectable()
export class SqlCatalogue extends Catalogue {
  constructor(private readonly database: Database) {
    super()
  }

  async plans(tx?: Transaction): Promise<Plan[]> {
    const rows = await (tx ?? this.database).query<PlanRow>(
      'select * from plan order by monthly_minor nulls first, name',
    )
    return rows.map(toPlan)
  }

  async findPlan(id: string): Promise<Plan | undefined> {
    const [row] = await this.database.query<PlanRow>('select * from plan where id = $1', [id])
    return row && toPlan(row)
  }

  async savePlan(tx: Transaction, plan: Plan): Promise<boolean> {
    // Two that come at once are judged one after the other: the names and the one default stay single.
    await tx.lockNamed('plans')
    const saved = await tx.query(SAVE_PLAN, [
      plan.id,
      plan.name,
      plan.monthlyMinor,
      plan.maxBalance?.toString() ?? null,
      plan.maxApiKeys,
      plan.maxPositions,
      plan.private,
      plan.strategyAutomated,
      plan.premium,
      plan.default,
      plan.createdAt,
      plan.updatedAt,
      plan.trialDays,
      plan.removedAt,
    ])
    return saved.length > 0
  }

  async saveStrategies(tx: Transaction, strategies: readonly StrategyFacts[]): Promise<void> {
    await tx.query(SAVE_STRATEGIES, [
      strategies.map(({ strategyId }) => strategyId),
      strategies.map(({ ownerId }) => ownerId),
      strategies.map(({ name }) => name),
      strategies.map(({ revision }) => revision),
    ])
  }

  async findStrategy(id: string): Promise<StrategyFacts | undefined> {
    const [row] = await this.database.query<StrategyFacts>(
      'select strategy_id as "strategyId", owner_id as "ownerId", name, revision from strategy where strategy_id = $1',
      [id],
    )
    return row
  }

  async offers(strategyId: string): Promise<Offer[]> {
    const rows = await this.database.query<{
      currency: Currency
      cycle: BillingCycle
      minor: string
      trialDays: number
    }>(
      'select currency, cycle, minor, trial_days as "trialDays" from price where strategy_id = $1 order by currency, minor',
      [strategyId],
    )
    return rows.map(({ currency, minor, ...row }) => ({ ...row, amount: money(BigInt(minor), currency) }))
  }

  async replaceOffers(tx: Transaction, strategyId: string, offers: readonly Offer[]): Promise<number> {
    const [strategy] = await tx.query<{ revision: number }>(
      `update strategy set price_revision = price_revision + 1, listed = false where strategy_id = $1
       returning price_revision as revision`,
      [strategyId],
    )
    await tx.query('delete from price where strategy_id = $1', [strategyId])
    await tx.query(
      `insert into price (strategy_id, currency, cycle, minor, trial_days)
       select $1, * from unnest($2::text[], $3::text[], $4::bigint[], $5::int[])`,
      [
        strategyId,
        offers.map(({ amount }) => amount.currency),
        offers.map(({ cycle }) => cycle),
        offers.map(({ amount }) => amount.minor),
        offers.map(({ trialDays }) => trialDays),
      ],
    )
    return strategy!.revision
  }

  async products({ productIds, categories, name, afterId, limit }: ProductWindow): Promise<Product[]> {
    const parameters = [productIds ?? null, categories ?? null, name ?? null, afterId ?? null, limit]
    return (await this.database.query<ProductRow>(PRODUCTS, parameters)).map(toProduct)
  }

  async insertProducts(tx: Transaction, products: readonly Product[]): Promise<void> {
    await tx.query(INSERT_PRODUCTS, [
      products.map(({ id }) => id),
      products.map(({ name }) => name),
      products.map(({ category }) => category),
      products.map(({ description }) => description),
      products.map(({ amount }) => amount.currency),
      products.map(({ amount }) => amount.minor),
      products.map(({ createdAt }) => createdAt),
    ])
  }

  async removeProducts(ids: readonly string[], now: Date): Promise<number> {
    const removed = await this.database.query(
      'update product set removed_at = $2 where id = any($1::uuid[]) and removed_at is null returning id',
      [ids, now],
    )
    return removed.length
  }

  async saveDiscount({ code, discount, endsAt }: NamedDiscount): Promise<void> {
    const [percent, amount] =
      discount.kind === 'percent' ? [discount.percent.toString(), undefined] : [null, discount.amount]
    await this.database.query(SAVE_DISCOUNT, [code, percent, amount?.minor ?? null, amount?.currency ?? null, endsAt])
  }

  async findDiscount(code: string): Promise<NamedDiscount | undefined> {
    const [row] = await this.database.query<DiscountRow>('select * from discount where code = $1', [code])
    return row && toDiscount(row)
  }
}
