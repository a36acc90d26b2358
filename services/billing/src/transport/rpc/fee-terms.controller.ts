/** Answers the owners of strategies about the fees that they ask for. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing/performance-fees'
import { GetPerformanceFee } from '../../use-cases/get-performance-fee/get-performance-fee.use-case.ts'
import { ListEarnedFees } from '../../use-cases/list-earned-fees/list-earned-fees.use-case.ts'
import { SetPerformanceFee } from '../../use-cases/set-performance-fee/set-performance-fee.use-case.ts'

@Controller()
export class FeeTermsController {
  constructor(
    private readonly setPerformanceFee: SetPerformanceFee,
    private readonly getPerformanceFee: GetPerformanceFee,
    private readonly listEarnedFees: ListEarnedFees,
  ) {}

  @Answer(rpc.setPerformanceFee)
  set(request: RequestOf<typeof rpc.setPerformanceFee>) {
    return this.setPerformanceFee.execute(request)
  }

  @Answer(rpc.getPerformanceFee)
  get(request: RequestOf<typeof rpc.getPerformanceFee>) {
    return this.getPerformanceFee.execute(request)
  }

  @Answer(rpc.listEarnedFees)
  earned(request: RequestOf<typeof rpc.listEarnedFees>) {
    return this.listEarnedFees.execute(request)
  }
}
