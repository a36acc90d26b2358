/** Answers what several services know together. Called over the bus, by this service's own routes. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/admin'
import { ChangeStrategy } from '#use-cases/change-strategy/change-strategy.use-case'
import { CombineFollowers } from '#use-cases/combine-followers/combine-followers.use-case'
import { CombineStrategies } from '#use-cases/combine-strategies/combine-strategies.use-case'
import { CombineTriggers } from '#use-cases/combine-triggers/combine-triggers.use-case'
import { StartStrategy } from '#use-cases/start-strategy/start-strategy.use-case'

@Controller()
export class CombinedController {
  constructor(
    private readonly triggers: CombineTriggers,
    private readonly strategies: CombineStrategies,
    private readonly changing: ChangeStrategy,
    private readonly starting: StartStrategy,
    private readonly followers: CombineFollowers,
  ) {}

  @Answer(rpc.listTriggers)
  listTriggers(request: RequestOf<typeof rpc.listTriggers>) {
    return this.triggers.execute(request)
  }

  @Answer(rpc.listStrategiesWithKeys)
  listStrategies(request: RequestOf<typeof rpc.listStrategiesWithKeys>) {
    return this.strategies.execute(request)
  }

  @Answer(rpc.updateStrategyWithKey)
  updateStrategy(request: RequestOf<typeof rpc.updateStrategyWithKey>) {
    return this.changing.execute(request)
  }

  @Answer(rpc.createStrategyWithKey)
  createStrategy(request: RequestOf<typeof rpc.createStrategyWithKey>) {
    return this.starting.execute(request)
  }

  @Answer(rpc.listFollowers)
  listFollowers(request: RequestOf<typeof rpc.listFollowers>) {
    return this.followers.execute(request)
  }
}
