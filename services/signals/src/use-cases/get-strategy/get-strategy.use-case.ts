/** Shows one strategy. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getStrategy } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import type { StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewStrategy } from '../../domain/views.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class GetStrategy {
  constructor(private readonly strategies: Strategies) {}

  /** Any user may read any strategy: followers choose among them. */
  async execute({
    strategyId,
  }: RequestOf<typeof getStrategy>): Promise<Result<ReplyOf<typeof getStrategy>, CodedError>> {
    const strategy = await this.strategies.find(strategyId as StrategyId)
    return strategy === undefined
      ? err(signalsErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
      : ok(viewStrategy(strategy))
  }
}
