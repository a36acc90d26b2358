/** Answers questions about signals and takes those sent by hand. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/signals'
import { GetSignal } from '../../use-cases/get-signal/get-signal.use-case.ts'
import { ListSignals } from '../../use-cases/list-signals/list-signals.use-case.ts'
import { OrderFollows } from '../../use-cases/order-follows/order-follows.use-case.ts'
import { SendSignal } from '../../use-cases/send-signal/send-signal.use-case.ts'

@Controller()
export class SignalsController {
  constructor(
    private readonly sendSignal: SendSignal,
    private readonly orderFollows: OrderFollows,
    private readonly getSignal: GetSignal,
    private readonly listSignals: ListSignals,
  ) {}

  @Answer(rpc.sendSignal)
  send(request: RequestOf<typeof rpc.sendSignal>) {
    return this.sendSignal.execute(request)
  }

  @Answer(rpc.orderFollows)
  order(request: RequestOf<typeof rpc.orderFollows>) {
    return this.orderFollows.execute(request)
  }

  @Answer(rpc.getSignal)
  get(request: RequestOf<typeof rpc.getSignal>) {
    return this.getSignal.execute(request)
  }

  @Answer(rpc.listSignals)
  list(request: RequestOf<typeof rpc.listSignals>) {
    return this.listSignals.execute(request)
  }
}
