/** Lists follows. Called over RPC. Must never show another user's follow. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listFollows } from '@tradewire/contracts/rpc/signals'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import { seesAll } from '@tradewire/contracts/caller'
import { viewFollow } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'

@Injectable()
export class ListFollows {
  constructor(private readonly follows: Follows) {}

  execute({
    caller,
    page,
    strategyId,
    accountId,
    active,
  }: RequestOf<typeof listFollows>): Promise<Result<ReplyOf<typeof listFollows>, CodedError>> {
    const userId = seesAll(caller) ? undefined : (caller.userId as UserId)
    return pageById(
      page,
      (window) => this.follows.list({ ...window, userId, strategyId, accountId, active }),
      viewFollow,
    )
  }
}
