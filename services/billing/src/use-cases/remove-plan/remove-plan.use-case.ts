/** Takes a plan off the list. Called over RPC by operators. Must never take it away from those who have it. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { removePlan } from '@tradewire/contracts/rpc/billing/plans'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewPlan } from '../../domain/bills/bill-views.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'

@Injectable()
export class RemovePlan {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  async execute({ planId }: RequestOf<typeof removePlan>): Promise<Result<ReplyOf<typeof removePlan>, CodedError>> {
    const plan = await this.catalogue.findPlan(planId)
    if (plan === undefined) return err(billingErrors.of('PLAN_NOT_FOUND', { planId }))
    if (plan.default) return err(billingErrors.of('PLAN_IS_DEFAULT', { planId }))
    if (plan.removedAt !== null) return ok(viewPlan(plan))
    const now = this.clock.now()
    const removed = { ...plan, removedAt: now, updatedAt: now }
    await this.database.transact((tx) => this.catalogue.savePlan(tx, removed))
    return ok(viewPlan(removed))
  }
}
