/** Answers questions about changes of subscriptions. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing/subscription-changes'
import { ChangeSubscription } from '../../use-cases/change-subscription/change-subscription.use-case.ts'
import { GetChange } from '../../use-cases/get-change/get-change.use-case.ts'
import { PreviewChange } from '../../use-cases/preview-change/preview-change.use-case.ts'
import { TakeBackChange } from '../../use-cases/take-back-change/take-back-change.use-case.ts'

@Controller()
export class ChangesController {
  constructor(
    private readonly previewChange: PreviewChange,
    private readonly changeSubscription: ChangeSubscription,
    private readonly getChange: GetChange,
    private readonly takeBackChange: TakeBackChange,
  ) {}

  @Answer(rpc.previewChange)
  preview(request: RequestOf<typeof rpc.previewChange>) {
    return this.previewChange.execute(request)
  }

  @Answer(rpc.changeSubscription)
  change(request: RequestOf<typeof rpc.changeSubscription>) {
    return this.changeSubscription.execute(request)
  }

  @Answer(rpc.getChange)
  get(request: RequestOf<typeof rpc.getChange>) {
    return this.getChange.execute(request)
  }

  @Answer(rpc.takeBackChange)
  takeBack(request: RequestOf<typeof rpc.takeBackChange>) {
    return this.takeBackChange.execute(request)
  }
}
