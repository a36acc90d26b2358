/** Takes commands to close positions. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { CloseBrackets } from '../../use-cases/close-brackets/close-brackets.use-case.ts'

@Controller()
export class ClosingController {
  constructor(private readonly closeBrackets: CloseBrackets) {}

  @Answer(rpc.closeStrategy)
  strategy(request: RequestOf<typeof rpc.closeStrategy>) {
    return this.closeBrackets.ofStrategy(request)
  }

  @Answer(rpc.closeFollow)
  follow(request: RequestOf<typeof rpc.closeFollow>) {
    return this.closeBrackets.ofFollow(request)
  }
}
