/** Answers questions about trades and performance. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/reporting'
import { ReadPerformance } from '../../use-cases/read-performance/read-performance.use-case.ts'
import { ReadTrades } from '../../use-cases/read-trades/read-trades.use-case.ts'

@Controller()
export class ReportingController {
  constructor(
    private readonly readTrades: ReadTrades,
    private readonly readPerformance: ReadPerformance,
  ) {}

  @Answer(rpc.listTrades)
  listTrades(request: RequestOf<typeof rpc.listTrades>) {
    return this.readTrades.list(request)
  }

  @Answer(rpc.getTrade)
  getTrade(request: RequestOf<typeof rpc.getTrade>) {
    return this.readTrades.one(request)
  }

  @Answer(rpc.getPerformance)
  getPerformance(request: RequestOf<typeof rpc.getPerformance>) {
    return this.readPerformance.one(request)
  }

  @Answer(rpc.listFollowerPerformance)
  listFollowers(request: RequestOf<typeof rpc.listFollowerPerformance>) {
    return this.readPerformance.followers(request)
  }
}
