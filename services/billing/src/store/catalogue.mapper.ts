/** Rows of plans, products and discounts as the domain has them. Called by their store. Must never decide anything. */
import { Decimal } from '@tradewire/kernel/decimal'
import type { Product } from '../domain/bills/bill.ts'
import type { Currency } from '../domain/money/currency.ts'
import { money } from '../domain/money/money.ts'
import type { Plan } from '../domain/subscriptions/plan.ts'
import type { NamedDiscount } from '../ports/catalogue.port.ts'

export interface PlanRow {
  readonly id: string
  readonly name: string
  readonly monthly_minor: string | null
  readonly max_balance: string | null
  readonly max_api_keys: number
  readonly max_positions: number | null
  readonly private: boolean
  readonly strategy_automated: boolean
  readonly premium: boolean
  readonly is_default: boolean
  readonly trial_days: number
  readonly stripe_price_id: string | null
  readonly removed_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface ProductRow {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly description: string
  readonly currency: string
  readonly minor: string
  readonly created_at: Date
}

export interface DiscountRow {
  readonly code: string
  readonly percent: string | null
  readonly minor: string | null
  readonly currency: string | null
  readonly ends_at: Date | null
}

export function toPlan(row: PlanRow): Plan {
  return {
    id: row.id,
    name: row.name,
    monthlyMinor: row.monthly_minor === null ? null : BigInt(row.monthly_minor),
    maxBalance: row.max_balance === null ? null : new Decimal(row.max_balance),
    maxApiKeys: row.max_api_keys,
    maxPositions: row.max_positions,
    private: row.private,
    strategyAutomated: row.strategy_automated,
    premium: row.premium,
    default: row.is_default,
    trialDays: row.trial_days,
    stripePriceId: row.stripe_price_id,
    removedAt: row.removed_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function toProduct({ minor, currency, created_at: createdAt, ...row }: ProductRow): Product {
  const { id, name, category, description } = row
  return { id, name, category, description, amount: money(BigInt(minor), currency as Currency), createdAt }
}

export function toDiscount({ code, percent, minor, currency, ends_at: endsAt }: DiscountRow): NamedDiscount {
  if (percent !== null) return { code, endsAt, discount: { kind: 'percent', percent: new Decimal(percent) } }
  return { code, endsAt, discount: { kind: 'amount', amount: money(BigInt(minor!), currency as Currency) } }
}
