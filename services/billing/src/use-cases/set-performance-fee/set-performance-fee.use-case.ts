/** Says what part of new profit a strategy's followers pay. Called over RPC by the one who offers it. Must never raise what somebody agreed to. */
import { Injectable } from '@nestjs/common'
import { maySee } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { setPerformanceFee } from '@tradewire/contracts/rpc/billing/performance-fees'
import { Clock } from '@tradewire/kernel/clock'
import { decimal } from '@tradewire/kernel/decimal'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { Fees } from '../../ports/fees.port.ts'

type Reply = ReplyOf<typeof setPerformanceFee>

@Injectable()
export class SetPerformanceFee {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly fees: Fees,
    private readonly clock: Clock,
  ) {}

  async execute({
    caller,
    strategyId,
    terms,
  }: RequestOf<typeof setPerformanceFee>): Promise<Result<Reply, CodedError>> {
    const strategy = await this.catalogue.findStrategy(strategyId)
    if (strategy === undefined || !maySee(caller, strategy.ownerId)) {
      return err(billingErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
    }
    const offer = { percent: decimal(terms.percent), cycle: terms.cycle }
    await this.fees.saveOffer(strategyId, offer, this.clock.now())
    return ok({ percent: offer.percent.toString(), cycle: offer.cycle })
  }
}
