/** Takes commands to close positions, or to leave them. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { CloseFollow } from '../../use-cases/close-follow/close-follow.use-case.ts'
import { CloseStrategy } from '../../use-cases/close-strategy/close-strategy.use-case.ts'
import { LeaveFollow } from '../../use-cases/leave-follow/leave-follow.use-case.ts'

@Controller()
export class ClosingController {
  constructor(
    private readonly closeStrategy: CloseStrategy,
    private readonly closeFollow: CloseFollow,
    private readonly leaveFollow: LeaveFollow,
  ) {}

  @Answer(rpc.closeStrategy)
  strategy(request: RequestOf<typeof rpc.closeStrategy>) {
    return this.closeStrategy.execute(request)
  }

  @Answer(rpc.closeFollow)
  follow(request: RequestOf<typeof rpc.closeFollow>) {
    return this.closeFollow.execute(request)
  }

  @Answer(rpc.leaveFollow)
  leave(request: RequestOf<typeof rpc.leaveFollow>) {
    return this.leaveFollow.execute(request)
  }
}
