/** Lists each follower's profit and loss. Called over RPC. Must never show another user's follow. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listFollowerPerformance } from '@tradewire/contracts/rpc/reporting'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, type Result } from '@tradewire/kernel/result'
import { visibleTo } from '@tradewire/contracts/caller'
import { Ledger } from '../../ports/ledger.port.ts'
import { StrategyReturns } from '../../ports/returns.port.ts'
import { reportingErrors } from '../../reporting.errors.ts'

@Injectable()
export class ListFollowerPerformance {
  constructor(
    private readonly ledger: Ledger,
    private readonly returns: StrategyReturns,
  ) {}

  async execute({
    caller,
    page,
    strategyId,
    followIds,
  }: RequestOf<typeof listFollowerPerformance>): Promise<Result<ReplyOf<typeof listFollowerPerformance>, CodedError>> {
    const filter = { strategyId, userId: visibleTo(caller) }
    const paged = await pageById(
      page,
      async (window) =>
        (await this.ledger.followers({ ...filter, followIds }, window)).map((follower) => ({
          id: follower.followId,
          follower,
        })),
      ({ follower }) => follower,
    )
    if (!paged.ok || paged.value.items.length > 0 || followIds !== undefined) return paged
    // Nobody's figures must differ from a strategy that there is none of.
    const strategy = await this.returns.find(strategyId)
    return strategy === undefined ? err(reportingErrors.of('STRATEGY_UNKNOWN', { strategyId })) : paged
  }
}
