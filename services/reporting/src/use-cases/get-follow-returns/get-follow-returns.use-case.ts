/** Reckons what one follow returned. Called over RPC. Must never use the trades of somebody else's follow. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getFollowReturns } from '@tradewire/contracts/rpc/returns'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewOf } from '../../domain/returns-view.ts'
import { StrategyReturns } from '../../ports/returns.port.ts'

@Injectable()
export class GetFollowReturns {
  constructor(private readonly returns: StrategyReturns) {}

  async execute({
    caller,
    followId,
  }: RequestOf<typeof getFollowReturns>): Promise<Result<ReplyOf<typeof getFollowReturns>, CodedError>> {
    return ok({ followId, ...viewOf(await this.returns.ofFollow(followId, visibleTo(caller))) })
  }
}
