/** Answers who subscribes an account to a strategy or ends that. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/signals'
import { SubscribeAccount } from '../../use-cases/subscribe-account/subscribe-account.use-case.ts'
import { UnsubscribeAccount } from '../../use-cases/unsubscribe-account/unsubscribe-account.use-case.ts'

@Controller()
export class SubscriptionsController {
  constructor(
    private readonly subscribeAccount: SubscribeAccount,
    private readonly unsubscribeAccount: UnsubscribeAccount,
  ) {}

  @Answer(rpc.subscribe)
  subscribe(request: RequestOf<typeof rpc.subscribe>) {
    return this.subscribeAccount.execute(request)
  }

  @Answer(rpc.unsubscribe)
  unsubscribe(request: RequestOf<typeof rpc.unsubscribe>) {
    return this.unsubscribeAccount.execute(request)
  }
}
