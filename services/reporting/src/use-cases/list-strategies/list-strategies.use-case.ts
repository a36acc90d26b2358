/** Lists the strategies that can be followed. Called over RPC. Must never show one that is switched off. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listListedStrategies } from '@tradewire/contracts/rpc/returns'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { StrategyReturns } from '../../ports/returns.port.ts'

@Injectable()
export class ListStrategies {
  constructor(private readonly returns: StrategyReturns) {}

  async execute({
    riskLevel,
    monthlyReturnPercentMin,
    asset,
    ...page
  }: RequestOf<typeof listListedStrategies>): Promise<Result<ReplyOf<typeof listListedStrategies>, CodedError>> {
    const filter = { riskLevel, monthlyReturnPercentMin, asset }
    const [items, count] = await Promise.all([this.returns.list(filter, page), this.returns.count(filter)])
    return ok({ items, count })
  }
}
