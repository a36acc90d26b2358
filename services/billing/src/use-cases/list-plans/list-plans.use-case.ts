/** Lists plans. Called over RPC. Must never show a private plan to anyone but operators. */
import { Injectable } from '@nestjs/common'
import { seesAll } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listPlans } from '@tradewire/contracts/rpc/billing/plans'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewPlan } from '../../domain/bills/bill-views.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'

@Injectable()
export class ListPlans {
  constructor(private readonly catalogue: Catalogue) {}

  async execute({ caller }: RequestOf<typeof listPlans>): Promise<Result<ReplyOf<typeof listPlans>, CodedError>> {
    const plans = (await this.catalogue.plans()).filter(({ removedAt }) => removedAt === null)
    return ok({ items: plans.filter((plan) => seesAll(caller) || !plan.private).map(viewPlan) })
  }
}
