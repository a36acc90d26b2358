/** Which plan each of some users has. Called over RPC by operators' pages. Must never ask once per user. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { findUserPlans } from '@tradewire/contracts/rpc/billing/user-plans'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewPlan } from '../../domain/bills/bill-views.ts'
import { planInForce, type HeldPlan } from '../../domain/subscriptions/plan.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'

@Injectable()
export class FindUserPlans {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly bills: Bills,
    private readonly clock: Clock,
  ) {}

  async execute({
    userIds,
  }: RequestOf<typeof findUserPlans>): Promise<Result<ReplyOf<typeof findUserPlans>, CodedError>> {
    const plans = await this.catalogue.plans()
    const paid = Map.groupBy(await this.bills.plansHeld(userIds), ({ userId }) => userId)
    const now = this.clock.now()
    const items = userIds.flatMap((userId) => {
      const held = planInForce(paid.get(userId) ?? [], plans, now)
      return held === undefined ? [] : [{ userId, ...viewHeld(held) }]
    })
    return ok({ items })
  }
}

function viewHeld({ plan, servedUntil, begunAt }: HeldPlan) {
  const changedAt = begunAt !== null && begunAt > plan.updatedAt ? begunAt : plan.updatedAt
  return { plan: viewPlan(plan), servedUntil: servedUntil?.toISOString() ?? null, changedAt: changedAt.toISOString() }
}
