/** Answers questions about trades and performance. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/reporting'
import { GetPerformance } from '../../use-cases/get-performance/get-performance.use-case.ts'
import { GetTrade } from '../../use-cases/get-trade/get-trade.use-case.ts'
import { ListFollowerPerformance } from '../../use-cases/list-follower-performance/list-follower-performance.use-case.ts'
import { ListLedgerTrades } from '../../use-cases/list-ledger-trades/list-ledger-trades.use-case.ts'
import { ListTrades } from '../../use-cases/list-trades/list-trades.use-case.ts'

@Controller()
export class ReportingController {
  constructor(
    private readonly trades: ListTrades,
    private readonly trade: GetTrade,
    private readonly performance: GetPerformance,
    private readonly followers: ListFollowerPerformance,
    private readonly ledgerTrades: ListLedgerTrades,
  ) {}

  @Answer(rpc.listTrades)
  listTrades(request: RequestOf<typeof rpc.listTrades>) {
    return this.trades.execute(request)
  }

  @Answer(rpc.getTrade)
  getTrade(request: RequestOf<typeof rpc.getTrade>) {
    return this.trade.execute(request)
  }

  @Answer(rpc.getPerformance)
  getPerformance(request: RequestOf<typeof rpc.getPerformance>) {
    return this.performance.execute(request)
  }

  @Answer(rpc.listFollowerPerformance)
  listFollowers(request: RequestOf<typeof rpc.listFollowerPerformance>) {
    return this.followers.execute(request)
  }

  @Answer(rpc.listLedgerTrades)
  listLedgerTrades(request: RequestOf<typeof rpc.listLedgerTrades>) {
    return this.ledgerTrades.execute(request)
  }
}
