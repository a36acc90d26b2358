/** What is to stand in the catalogues of providers, in PostgreSQL. Implements the Listings port. Must never change a price. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { billingCycles, type BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { Currency } from '../domain/money/currency.ts'
import { money } from '../domain/money/money.ts'
import { planPrice } from '../domain/subscriptions/plan.ts'
import { Listings, type SoldListing } from '../ports/listings.port.ts'
import { toPlan, type PlanRow } from './catalogue.mapper.ts'

const PLANS = `select *, updated_at::text as version from plan where $1 or not listed order by monthly_minor nulls first, id`

const STRATEGIES = `
select strategy_id as id, name, price_revision || ' ' || revision as version, (
  select coalesce(json_agg(json_build_object('cycle', cycle, 'currency', currency, 'minor', minor::text)
    order by currency, minor), '[]') from price where price.strategy_id = strategy.strategy_id) as prices
from strategy where price_revision > 0 and ($1 or not listed) order by strategy_id`

/** What was listed late, over something newer, is listed once more. */
const MARK_PLAN = `
update plan set listed = updated_at::text = $2,
  stripe_price_id = case when updated_at::text = $2 then $3::text else stripe_price_id end
where id = $1`
const MARK_STRATEGY = `
update strategy set listed = price_revision || ' ' || revision = $2 where strategy_id = $1`

interface StrategyRow {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly prices: readonly { readonly cycle: BillingCycle; readonly currency: Currency; readonly minor: string }[]
}

@Injectable()
export class SqlListings extends Listings {
  constructor(private readonly database: Database) {
    super()
  }

  async find(which: 'changed' | 'all'): Promise<SoldListing[]> {
    const all = [which === 'all']
    const plans = await this.database.query<PlanRow & { readonly version: string }>(PLANS, all)
    const strategies = await this.database.query<StrategyRow>(STRATEGIES, all)
    return [...plans.map(soldPlan), ...strategies.map(soldStrategy)]
  }

  async markListed({ subject: { kind, id }, version }: SoldListing, priceId: string | null): Promise<void> {
    await (kind === 'plan'
      ? this.database.query(MARK_PLAN, [id, version, priceId])
      : this.database.query(MARK_STRATEGY, [id, version]))
  }
}

function soldPlan(row: PlanRow & { readonly version: string }): SoldListing {
  const plan = toPlan(row)
  const prices = billingCycles.flatMap((cycle) => {
    const amount = planPrice(plan, cycle)
    return amount === undefined ? [] : [{ cycle, amount }]
  })
  return { subject: { kind: 'plan', id: plan.id, name: plan.name }, prices, version: row.version }
}

function soldStrategy({ id, name, version, prices }: StrategyRow): SoldListing {
  const sold = prices.map(({ cycle, currency, minor }) => ({ cycle, amount: money(BigInt(minor), currency) }))
  return { subject: { kind: 'strategy', id, name }, prices: sold, version }
}
