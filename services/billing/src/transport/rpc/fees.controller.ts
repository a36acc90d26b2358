/** Answers questions about performance fees. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing/performance-fees'
import { ExplainPerformanceFee } from '../../use-cases/explain-performance-fee/explain-performance-fee.use-case.ts'
import { ListPerformanceFees } from '../../use-cases/list-performance-fees/list-performance-fees.use-case.ts'
import { PayPerformanceFee } from '../../use-cases/pay-performance-fee/pay-performance-fee.use-case.ts'

@Controller()
export class FeesController {
  constructor(
    private readonly listPerformanceFees: ListPerformanceFees,
    private readonly explainPerformanceFee: ExplainPerformanceFee,
    private readonly payPerformanceFee: PayPerformanceFee,
  ) {}

  @Answer(rpc.listPerformanceFees)
  list(request: RequestOf<typeof rpc.listPerformanceFees>) {
    return this.listPerformanceFees.execute(request)
  }

  @Answer(rpc.getPerformanceFeeLines)
  explain(request: RequestOf<typeof rpc.getPerformanceFeeLines>) {
    return this.explainPerformanceFee.execute(request)
  }

  @Answer(rpc.payPerformanceFee)
  pay(request: RequestOf<typeof rpc.payPerformanceFee>) {
    return this.payPerformanceFee.execute(request)
  }
}
