/** Lists each follower's profit and loss. Called over RPC. Must never show another user's follow. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listFollowerPerformance } from '@tradewire/contracts/rpc/reporting'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { visibleTo } from '@tradewire/contracts/caller'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class ListFollowerPerformance {
  constructor(private readonly ledger: Ledger) {}

  execute({
    caller,
    page,
    strategyId,
    followIds,
  }: RequestOf<typeof listFollowerPerformance>): Promise<Result<ReplyOf<typeof listFollowerPerformance>, CodedError>> {
    const filter = { strategyId, userId: visibleTo(caller) }
    return pageById(
      page,
      async (window) =>
        (await this.ledger.followers({ ...filter, followIds }, window)).map((follower) => ({
          id: follower.followId,
          follower,
        })),
      ({ follower }) => follower,
    )
  }
}
