/** Answers questions about what owners have earned, and pays it out. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing/payouts'
import { ListOwed } from '../../use-cases/list-owed/list-owed.use-case.ts'
import { ListPayouts } from '../../use-cases/list-payouts/list-payouts.use-case.ts'
import { RunPayouts } from '../../use-cases/run-payouts/run-payouts.use-case.ts'
import { SettlePayout } from '../../use-cases/settle-payout/settle-payout.use-case.ts'

@Controller()
export class PayoutsController {
  constructor(
    private readonly listOwed: ListOwed,
    private readonly runPayouts: RunPayouts,
    private readonly settlePayout: SettlePayout,
    private readonly listPayouts: ListPayouts,
  ) {}

  @Answer(rpc.listOwed)
  owed(request: RequestOf<typeof rpc.listOwed>) {
    return this.listOwed.execute(request)
  }

  @Answer(rpc.runPayouts)
  run(request: RequestOf<typeof rpc.runPayouts>) {
    return this.runPayouts.execute(request)
  }

  @Answer(rpc.settlePayout)
  settle(request: RequestOf<typeof rpc.settlePayout>) {
    return this.settlePayout.execute(request)
  }

  @Answer(rpc.listPayouts)
  list(request: RequestOf<typeof rpc.listPayouts>) {
    return this.listPayouts.execute(request)
  }
}
