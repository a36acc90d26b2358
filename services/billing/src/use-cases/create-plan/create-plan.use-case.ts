/** Adds a plan. Called over RPC by operators. Must never make a second default. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { Decimal } from '@tradewire/kernel/decimal'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewPlan } from '../../domain/bills/bill-views.ts'
import { parseMoney } from '../../domain/money/money.ts'
import { planCurrency, type Plan } from '../../domain/subscriptions/plan.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { TellAllUsers } from '../tell-all-users/tell-all-users.use-case.ts'

@Injectable()
export class CreatePlan {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly tellAllUsers: TellAllUsers,
    private readonly ids: IdSource,
    private readonly clock: Clock,
  ) {}

  async execute({ plan: wish }: RequestOf<typeof createPlan>): Promise<Result<ReplyOf<typeof createPlan>, CodedError>> {
    const { monthlyPrice, maxBalance, ...rest } = wish
    const monthly = monthlyPrice === null ? null : parseMoney(monthlyPrice, planCurrency)
    if (monthly === undefined) return err(billingErrors.of('PRICE_INVALID', { monthlyPrice }))
    const now = this.clock.now()
    const plan: Plan = {
      ...rest,
      id: this.ids.next(),
      monthlyMinor: monthly?.minor ?? null,
      maxBalance: maxBalance === null ? null : new Decimal(maxBalance),
      stripePriceId: null,
      removedAt: null,
      createdAt: now,
      updatedAt: now,
    }
    const saved = await this.database.transact((tx) => this.catalogue.savePlan(tx, plan))
    if (!saved) return err(await this.refusalOf(plan))
    if (plan.default) await this.tellAllUsers.execute()
    return ok(viewPlan(plan))
  }

  /** A name that is taken is said first. */
  private async refusalOf({ name }: Plan): Promise<CodedError> {
    const taken = (await this.catalogue.plans()).some((other) => other.name === name && other.removedAt === null)
    return billingErrors.of(taken ? 'PLAN_EXISTS' : 'PLAN_DEFAULT_EXISTS', { name })
  }
}
