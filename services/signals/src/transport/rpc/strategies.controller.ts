/** Answers questions about strategies. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/signals'
import { CreateStrategy } from '../../use-cases/create-strategy/create-strategy.use-case.ts'
import { GetStrategy } from '../../use-cases/get-strategy/get-strategy.use-case.ts'
import { ListStrategies } from '../../use-cases/list-strategies/list-strategies.use-case.ts'
import { RotateSecret } from '../../use-cases/rotate-secret/rotate-secret.use-case.ts'
import { UpdateStrategy } from '../../use-cases/update-strategy/update-strategy.use-case.ts'

@Controller()
export class StrategiesController {
  constructor(
    private readonly createStrategy: CreateStrategy,
    private readonly updateStrategy: UpdateStrategy,
    private readonly rotateSecret: RotateSecret,
    private readonly getStrategy: GetStrategy,
    private readonly listStrategies: ListStrategies,
  ) {}

  @Answer(rpc.createStrategy)
  create(request: RequestOf<typeof rpc.createStrategy>) {
    return this.createStrategy.execute(request)
  }

  @Answer(rpc.updateStrategy)
  update(request: RequestOf<typeof rpc.updateStrategy>) {
    return this.updateStrategy.execute(request)
  }

  @Answer(rpc.rotateStrategySecret)
  rotate(request: RequestOf<typeof rpc.rotateStrategySecret>) {
    return this.rotateSecret.execute(request)
  }

  @Answer(rpc.getStrategy)
  get(request: RequestOf<typeof rpc.getStrategy>) {
    return this.getStrategy.execute(request)
  }

  @Answer(rpc.listStrategies)
  list(request: RequestOf<typeof rpc.listStrategies>) {
    return this.listStrategies.execute(request)
  }
}
