/** Answers questions about strategies and returns. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/returns'
import { GetFollowReturns } from '../../use-cases/get-follow-returns/get-follow-returns.use-case.ts'
import { GetStrategy } from '../../use-cases/get-strategy/get-strategy.use-case.ts'
import { GetStrategyReturns } from '../../use-cases/get-strategy-returns/get-strategy-returns.use-case.ts'
import { ListStrategies } from '../../use-cases/list-strategies/list-strategies.use-case.ts'

@Controller()
export class ReturnsController {
  constructor(
    private readonly strategies: ListStrategies,
    private readonly strategy: GetStrategy,
    private readonly ofStrategy: GetStrategyReturns,
    private readonly ofFollow: GetFollowReturns,
  ) {}

  @Answer(rpc.listListedStrategies)
  listStrategies(request: RequestOf<typeof rpc.listListedStrategies>) {
    return this.strategies.execute(request)
  }

  @Answer(rpc.getListedStrategy)
  getStrategy(request: RequestOf<typeof rpc.getListedStrategy>) {
    return this.strategy.execute(request)
  }

  @Answer(rpc.getStrategyReturns)
  strategyReturns(request: RequestOf<typeof rpc.getStrategyReturns>) {
    return this.ofStrategy.execute(request)
  }

  @Answer(rpc.getFollowReturns)
  followReturns(request: RequestOf<typeof rpc.getFollowReturns>) {
    return this.ofFollow.execute(request)
  }
}
