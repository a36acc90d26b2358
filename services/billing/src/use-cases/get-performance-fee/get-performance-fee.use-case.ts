/** Shows what part of new profit is asked for. Called over RPC, by those who think of following too. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getPerformanceFee } from '@tradewire/contracts/rpc/billing/performance-fees'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { Fees } from '../../ports/fees.port.ts'

@Injectable()
export class GetPerformanceFee {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly fees: Fees,
  ) {}

  async execute({
    strategyId,
  }: RequestOf<typeof getPerformanceFee>): Promise<Result<ReplyOf<typeof getPerformanceFee>, CodedError>> {
    const strategy = await this.catalogue.findStrategy(strategyId)
    if (strategy === undefined) return err(billingErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
    const offer = await this.fees.offer(strategyId)
    return ok({ percent: offer?.percent.toString() ?? '0', cycle: offer?.cycle ?? 'monthly' })
  }
}
