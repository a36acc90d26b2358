/** Changes a plan, for everyone who has it. Called over RPC by operators. Must never change what a running subscription costs. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { updatePlan } from '@tradewire/contracts/rpc/billing/plans'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { Decimal } from '@tradewire/kernel/decimal'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewPlan } from '../../domain/bills/bill-views.ts'
import { parseMoney } from '../../domain/money/money.ts'
import { planCurrency, type Plan } from '../../domain/subscriptions/plan.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { TellAllUsers } from '../tell-all-users/tell-all-users.use-case.ts'

@Injectable()
export class UpdatePlan {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly tellAllUsers: TellAllUsers,
    private readonly clock: Clock,
  ) {}

  async execute({
    planId,
    changes,
  }: RequestOf<typeof updatePlan>): Promise<Result<ReplyOf<typeof updatePlan>, CodedError>> {
    const plan = await this.catalogue.findPlan(planId)
    if (plan === undefined || plan.removedAt !== null) return err(billingErrors.of('PLAN_NOT_FOUND', { planId }))
    const { monthlyPrice, maxBalance, ...rest } = changes
    const monthly = monthlyPrice === null || monthlyPrice === undefined ? null : parseMoney(monthlyPrice, planCurrency)
    if (monthly === undefined) return err(billingErrors.of('PRICE_INVALID', { monthlyPrice: monthlyPrice ?? null }))
    const changed = {
      ...plan,
      ...rest,
      ...(monthlyPrice === undefined ? {} : { monthlyMinor: monthly?.minor ?? null }),
      ...(maxBalance === undefined ? {} : { maxBalance: maxBalance === null ? null : new Decimal(maxBalance) }),
      updatedAt: this.clock.now(),
    } as Plan
    const saved = await this.database.transact((tx) => this.catalogue.savePlan(tx, changed))
    if (!saved) return err(billingErrors.of('PLAN_EXISTS', { name: changed.name }))
    await this.tellAllUsers.execute()
    return ok(viewPlan(changed))
  }
}
