/** What there is to buy. Called by use cases. Must never show what was removed. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Product } from '../domain/bills/bill.ts'
import type { BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { Discount } from '../domain/bills/discount.ts'
import type { Money } from '../domain/money/money.ts'
import type { Plan } from '../domain/subscriptions/plan.ts'

export interface Offer {
  readonly cycle: BillingCycle
  readonly amount: Money
  readonly trialDays: number
}

export interface StrategyFacts {
  readonly strategyId: string
  readonly ownerId: string
  readonly name: string
  readonly revision: number
}

export interface ProductWindow {
  readonly productIds: readonly string[] | undefined
  readonly categories: readonly string[] | undefined
  readonly name: string | undefined
  readonly afterId: string | undefined
  readonly limit: number
}

export interface NamedDiscount {
  readonly code: string
  readonly discount: Discount
  readonly endsAt: Date | null
}

export abstract class Catalogue {
  abstract plans(tx?: Transaction): Promise<Plan[]>
  abstract findPlan(id: string): Promise<Plan | undefined>
  /** False when its name, or the place of the default, is taken. */
  abstract savePlan(tx: Transaction, plan: Plan): Promise<boolean>
  abstract saveStrategies(tx: Transaction, strategies: readonly StrategyFacts[]): Promise<void>
  abstract findStrategy(id: string): Promise<StrategyFacts | undefined>
  abstract offers(strategyId: string): Promise<Offer[]>
  /** Answers how often that has been done. */
  abstract replaceOffers(tx: Transaction, strategyId: string, offers: readonly Offer[]): Promise<number>
  abstract products(window: ProductWindow): Promise<Product[]>
  abstract insertProducts(tx: Transaction, products: readonly Product[]): Promise<void>
  abstract removeProducts(ids: readonly string[], now: Date): Promise<number>
  abstract saveDiscount(discount: NamedDiscount): Promise<void>
  abstract findDiscount(code: string): Promise<NamedDiscount | undefined>
}
