/** Reckons what a strategy returned, over all its followers. Called over RPC. Must never show an amount of a follower. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getStrategyReturns } from '@tradewire/contracts/rpc/returns'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewOf } from '../../domain/returns-view.ts'
import { StrategyReturns } from '../../ports/returns.port.ts'
import { Verifications } from '../../ports/verifications.port.ts'
import { reportingErrors } from '../../reporting.errors.ts'

@Injectable()
export class GetStrategyReturns {
  constructor(
    private readonly returns: StrategyReturns,
    private readonly verifications: Verifications,
  ) {}

  async execute({
    strategyId,
  }: RequestOf<typeof getStrategyReturns>): Promise<Result<ReplyOf<typeof getStrategyReturns>, CodedError>> {
    const strategy = await this.returns.find(strategyId)
    if (strategy === undefined) return err(reportingErrors.of('STRATEGY_UNKNOWN', { strategyId }))
    const myfxbook = await this.verifications.find(strategyId)
    return ok({ strategyId, ...viewOf(await this.returns.ofStrategy(strategyId)), myfxbook })
  }
}
