/** Shows one strategy with its returns. Called over RPC. Must never show an amount of a follower. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getListedStrategy, ListedStrategy } from '@tradewire/contracts/rpc/returns'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { StrategyReturns } from '../../ports/returns.port.ts'
import { reportingErrors } from '../../reporting.errors.ts'

@Injectable()
export class GetStrategy {
  constructor(private readonly returns: StrategyReturns) {}

  async execute({ strategyId }: RequestOf<typeof getListedStrategy>): Promise<Result<ListedStrategy, CodedError>> {
    const strategy = await this.returns.find(strategyId)
    return strategy === undefined ? err(reportingErrors.of('STRATEGY_UNKNOWN', { strategyId })) : ok(strategy)
  }
}
