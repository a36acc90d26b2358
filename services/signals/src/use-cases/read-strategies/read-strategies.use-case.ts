/** Shows strategies. Called over RPC. Must never show a secret. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getStrategy, listStrategies } from '@tradewire/contracts/rpc/signals'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewStrategy } from '../../domain/views.ts'
import { Strategies } from '../../ports/strategies.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class ReadStrategies {
  constructor(private readonly strategies: Strategies) {}

  /** Any user may read any strategy: followers choose among them. */
  async one({ strategyId }: RequestOf<typeof getStrategy>): Promise<Result<ReplyOf<typeof getStrategy>, CodedError>> {
    const strategy = await this.strategies.find(strategyId as StrategyId)
    return strategy === undefined
      ? err(signalsErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
      : ok(viewStrategy(strategy))
  }

  list({
    page,
    active,
    venue,
  }: RequestOf<typeof listStrategies>): Promise<Result<ReplyOf<typeof listStrategies>, CodedError>> {
    return pageById(page, (window) => this.strategies.list({ ...window, active, venue }), viewStrategy)
  }
}
