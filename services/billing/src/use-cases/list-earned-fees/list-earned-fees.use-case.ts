/** Lists the performance fees of a strategy's followers for its owner. Called over RPC. Must never show what single trades came to. */
import { Injectable } from '@nestjs/common'
import { maySee } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listEarnedFees } from '@tradewire/contracts/rpc/billing/performance-fees'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewEarned } from '../../domain/fees/fee.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { Fees } from '../../ports/fees.port.ts'

@Injectable()
export class ListEarnedFees {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly fees: Fees,
  ) {}

  async execute({
    caller,
    strategyId,
    page,
  }: RequestOf<typeof listEarnedFees>): Promise<Result<ReplyOf<typeof listEarnedFees>, CodedError>> {
    const strategy = await this.catalogue.findStrategy(strategyId)
    if (strategy === undefined || !maySee(caller, strategy.ownerId)) {
      return err(billingErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
    }
    return pageById(page, (window) => this.fees.list({ ...window, userId: undefined, strategyId }), viewEarned)
  }
}
