/** Answers questions about follows. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/signals'
import { CreateFollows } from '../../use-cases/create-follows/create-follows.use-case.ts'
import { FindFollow } from '../../use-cases/find-follow/find-follow.use-case.ts'
import { GetFollow } from '../../use-cases/get-follow/get-follow.use-case.ts'
import { ListFollows } from '../../use-cases/list-follows/list-follows.use-case.ts'
import { UpdateFollow } from '../../use-cases/update-follow/update-follow.use-case.ts'

@Controller()
export class FollowsController {
  constructor(
    private readonly createFollows: CreateFollows,
    private readonly updateFollow: UpdateFollow,
    private readonly getFollow: GetFollow,
    private readonly listFollows: ListFollows,
    private readonly findFollow: FindFollow,
  ) {}

  @Answer(rpc.createFollows)
  create(request: RequestOf<typeof rpc.createFollows>) {
    return this.createFollows.execute(request)
  }

  @Answer(rpc.updateFollow)
  update(request: RequestOf<typeof rpc.updateFollow>) {
    return this.updateFollow.execute(request)
  }

  @Answer(rpc.getFollow)
  get(request: RequestOf<typeof rpc.getFollow>) {
    return this.getFollow.execute(request)
  }

  @Answer(rpc.findFollow)
  find(request: RequestOf<typeof rpc.findFollow>) {
    return this.findFollow.execute(request)
  }

  @Answer(rpc.listFollows)
  list(request: RequestOf<typeof rpc.listFollows>) {
    return this.listFollows.execute(request)
  }
}
