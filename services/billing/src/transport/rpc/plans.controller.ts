/** Answers questions about plans. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { createPlan, listPlans, removePlan, updatePlan } from '@tradewire/contracts/rpc/billing/plans'
import { CreatePlan } from '../../use-cases/create-plan/create-plan.use-case.ts'
import { ListPlans } from '../../use-cases/list-plans/list-plans.use-case.ts'
import { RemovePlan } from '../../use-cases/remove-plan/remove-plan.use-case.ts'
import { UpdatePlan } from '../../use-cases/update-plan/update-plan.use-case.ts'

@Controller()
export class PlansController {
  constructor(
    private readonly listPlans: ListPlans,
    private readonly createPlan: CreatePlan,
    private readonly updatePlan: UpdatePlan,
    private readonly removePlan: RemovePlan,
  ) {}

  @Answer(listPlans)
  list(request: RequestOf<typeof listPlans>) {
    return this.listPlans.execute(request)
  }

  @Answer(createPlan)
  create(request: RequestOf<typeof createPlan>) {
    return this.createPlan.execute(request)
  }

  @Answer(updatePlan)
  update(request: RequestOf<typeof updatePlan>) {
    return this.updatePlan.execute(request)
  }

  @Answer(removePlan)
  remove(request: RequestOf<typeof removePlan>) {
    return this.removePlan.execute(request)
  }
}
