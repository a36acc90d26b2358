/** Answers what became of orders and signals. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { ListEndedOrders } from '../../use-cases/list-ended-orders/list-ended-orders.use-case.ts'
import { ListRefusedSignals } from '../../use-cases/list-refused-signals/list-refused-signals.use-case.ts'
import { ListSignalBrackets } from '../../use-cases/list-signal-brackets/list-signal-brackets.use-case.ts'

@Controller()
export class OrderHistoryController {
  constructor(
    private readonly listEndedOrders: ListEndedOrders,
    private readonly listSignalBrackets: ListSignalBrackets,
    private readonly listRefusedSignals: ListRefusedSignals,
  ) {}

  @Answer(rpc.listEndedOrders)
  ended(request: RequestOf<typeof rpc.listEndedOrders>) {
    return this.listEndedOrders.execute(request)
  }

  @Answer(rpc.listSignalBrackets)
  ofSignals(request: RequestOf<typeof rpc.listSignalBrackets>) {
    return this.listSignalBrackets.execute(request)
  }

  @Answer(rpc.listRefusedSignals)
  refused(request: RequestOf<typeof rpc.listRefusedSignals>) {
    return this.listRefusedSignals.execute(request)
  }
}
