/** Answers questions about subscriptions. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import {
  beginSubscription,
  cancelSubscription,
  listSubscriptions,
  openPortal,
} from '@tradewire/contracts/rpc/billing/subscriptions'
import { findUserPlans } from '@tradewire/contracts/rpc/billing/user-plans'
import { BeginSubscription } from '../../use-cases/begin-subscription/begin-subscription.use-case.ts'
import { CancelSubscription } from '../../use-cases/cancel-subscription/cancel-subscription.use-case.ts'
import { FindUserPlans } from '../../use-cases/find-user-plans/find-user-plans.use-case.ts'
import { OpenPortal } from '../../use-cases/open-portal/open-portal.use-case.ts'
import { ListSubscriptions } from '../../use-cases/list-subscriptions/list-subscriptions.use-case.ts'

@Controller()
export class SubscriptionsController {
  constructor(
    private readonly beginSubscription: BeginSubscription,
    private readonly listSubscriptions: ListSubscriptions,
    private readonly cancelSubscription: CancelSubscription,
    private readonly openPortal: OpenPortal,
    private readonly findPlansOfUsers: FindUserPlans,
  ) {}

  @Answer(beginSubscription)
  begin(request: RequestOf<typeof beginSubscription>) {
    return this.beginSubscription.execute(request)
  }

  @Answer(listSubscriptions)
  list(request: RequestOf<typeof listSubscriptions>) {
    return this.listSubscriptions.execute(request)
  }

  @Answer(openPortal)
  portal(request: RequestOf<typeof openPortal>) {
    return this.openPortal.execute(request)
  }

  @Answer(cancelSubscription)
  cancel(request: RequestOf<typeof cancelSubscription>) {
    return this.cancelSubscription.execute(request)
  }

  @Answer(findUserPlans)
  findPlans(request: RequestOf<typeof findUserPlans>) {
    return this.findPlansOfUsers.execute(request)
  }
}
