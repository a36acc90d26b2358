/** Computes performance from the ledger. Called over RPC. Must never mix in another user's trades. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getPerformance, listFollowerPerformance } from '@tradewire/contracts/rpc/reporting'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { performanceOf } from '../../domain/performance.ts'
import { visibleTo } from '../../domain/visibility.ts'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class ReadPerformance {
  constructor(private readonly ledger: Ledger) {}

  async one({
    caller,
    ...filter
  }: RequestOf<typeof getPerformance>): Promise<Result<ReplyOf<typeof getPerformance>, CodedError>> {
    const narrowed = { ...filter, userId: visibleTo(caller) }
    const [closed, tradesOpen] = await Promise.all([this.ledger.closedTrades(narrowed), this.ledger.countOpen(narrowed)])
    return ok({ tradesOpen, ...performanceOf(closed) })
  }

  followers({
    caller,
    page,
    strategyId,
  }: RequestOf<typeof listFollowerPerformance>): Promise<
    Result<ReplyOf<typeof listFollowerPerformance>, CodedError>
  > {
    const filter = { strategyId, userId: visibleTo(caller) }
    return pageById(
      page,
      async (window) =>
        (await this.ledger.followers(filter, window)).map((follower) => ({ id: follower.followId, follower })),
      ({ follower }) => follower,
    )
  }
}
