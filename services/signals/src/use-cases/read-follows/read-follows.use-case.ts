/** Shows follows to those who own them. Called over RPC. Must never show another user's follow. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getFollow, listFollows } from '@tradewire/contracts/rpc/signals'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { FollowId, UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { isOperator, maySee } from '../../domain/ownership.ts'
import { viewFollow, type FollowView } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class ReadFollows {
  constructor(private readonly follows: Follows) {}

  async one({ caller, followId }: RequestOf<typeof getFollow>): Promise<Result<FollowView, CodedError>> {
    const follow = await this.follows.find(followId as FollowId)
    return follow === undefined || !maySee(caller, follow.userId)
      ? err(signalsErrors.of('FOLLOW_NOT_FOUND', { followId }))
      : ok(viewFollow(follow))
  }

  list({
    caller,
    page,
    strategyId,
    accountId,
    active,
  }: RequestOf<typeof listFollows>): Promise<Result<ReplyOf<typeof listFollows>, CodedError>> {
    const userId = isOperator(caller) ? undefined : (caller.userId as UserId)
    return pageById(
      page,
      (window) => this.follows.list({ ...window, userId, strategyId, accountId, active }),
      viewFollow,
    )
  }
}
